"""The provider of OpenID Connect: where it sends browsers, and what it says about somebody who comes back.

It is asked when somebody signs in, never at the start: a provider that is away delays nothing else. Its documents are
kept for an hour. Every answer has a limit of size and time, redirects are not followed, and no proxy of the
environment is used.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from itertools import islice
from urllib.parse import quote, urlencode

import httpx

from backend.accounts.oidc.bounded_transport import BoundedTransport
from backend.accounts.oidc.configuration import OidcConfiguration
from backend.accounts.oidc.groups import groups_in
from backend.accounts.oidc.id_token import (
    Claims,
    Expected,
    IdTokenError,
    KeySet,
    UnknownKeyError,
    read_keys,
    verified_claims,
)
from backend.accounts.oidc.kept_document import KeptDocument
from backend.accounts.oidc.metadata import MetadataError, ProviderMetadata, read_metadata
from backend.accounts.oidc.people import VerifiedPerson
from backend.accounts.oidc.refused import SignInRefused
from backend.accounts.oidc.user_names import user_names
from shared.client.protection import trust
from shared.enums import SignInFailure
from shared.errors import BackendUnreachableError, StartupError
from shared.printable_text import escaped
from shared.process_clock import monotonic_seconds
from shared.proof_key import challenge_of

_BETWEEN_REFETCHES_SECONDS = 10.0
"""A provider that signs with unknown keys again and again is asked for its keys this often."""
_STEP_SECONDS = 10.0
"""For all that is asked in one step; the API answers within 12 s."""
_CONNECT_SECONDS = 3.0
_MOST_BYTES = 1024 * 1024
"""Far more than documents and tokens of real providers have."""
_MOST_NAMES = 50
_MOST_WORDS = 300
"""Of an error in the provider's words."""


class Provider:
    """One provider, asked by one replica."""

    def __init__(
        self,
        configuration: OidcConfiguration,
        *,
        clock: Callable[[], float] = monotonic_seconds,
        step_seconds: float = _STEP_SECONDS,
    ) -> None:
        """Raises `StartupError` where the file with its certificate authority cannot be used."""
        self.configuration = configuration
        self._clock = clock
        self._step_seconds = step_seconds
        self._tls = _trusted(configuration.ca_file)
        self._metadata = KeptDocument[ProviderMetadata](clock)
        self._keys = KeptDocument[KeySet](clock)
        self._refetched_at = -_BETWEEN_REFETCHES_SECONDS

    async def authorization_url(self, *, state: str, nonce: str, code_verifier: str) -> str:
        """Return where a browser signs in; raises `SignInRefused` where the provider does not say where."""
        async with self._asked() as http:
            metadata = await self._metadata.get(lambda: self._fetch_metadata(http))
        configuration = self.configuration
        query = {
            "response_type": "code",
            "client_id": configuration.client_id,
            "redirect_uri": configuration.callback_url,
            "scope": configuration.scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(code_verifier),
            "code_challenge_method": "S256",
        }
        separator = "&" if "?" in metadata.authorization_endpoint else "?"
        return f"{metadata.authorization_endpoint}{separator}{urlencode(query)}"

    async def person(self, *, code: str, code_verifier: str, nonce: str, issuer: str | None) -> VerifiedPerson:
        """Return whom the provider's code stands for; raises `SignInRefused`.

        `issuer` is who the callback says that it comes from, if it does.
        """
        async with self._asked() as http:
            metadata = await self._metadata.get(lambda: self._fetch_metadata(http))
            if issuer != self.configuration.issuer and (issuer is not None or metadata.names_issuer):
                raise IdTokenError("The answer comes from another issuer than TASKDECK_OIDC_ISSUER.")
            tokens = await self._exchange(http, metadata, code, code_verifier)
            expected = Expected(
                issuer=self.configuration.issuer,
                client_id=self.configuration.client_id,
                nonce=nonce,
                access_token=_text(tokens, "access_token"),
            )
            claims = await self._verified(http, metadata, _text(tokens, "id_token"), expected)
            groups = groups_in(claims, self.configuration.groups_claim)
            if groups is None and metadata.userinfo_endpoint is not None:
                claims = await self._with_user_info(http, metadata.userinfo_endpoint, claims, expected.access_token)
                groups = groups_in(claims, self.configuration.groups_claim)
        return VerifiedPerson(
            issuer=self.configuration.issuer,
            subject=str(claims["sub"]),
            names=tuple(islice(user_names(claims), _MOST_NAMES)),
            groups=groups or (),
        )

    async def check(self) -> None:
        """Fetch the provider's documents; raises `SignInRefused` with the cause."""
        async with self._asked() as http:
            metadata = await self._fetch_metadata(http)
            await self._fetch_keys(http, metadata)

    @asynccontextmanager
    async def _asked(self) -> AsyncIterator[httpx.AsyncClient]:
        """Yield a client for one step, and raise each failure in it as `SignInRefused`."""
        name = self.configuration.name
        try:
            async with asyncio.timeout(self._step_seconds), self._client() as http:
                yield http
        except TimeoutError as error:
            cause = f"{name} did not answer within {self._step_seconds:g} s."
            raise SignInRefused(SignInFailure.PROVIDER_UNAVAILABLE, cause) from error
        except httpx.HTTPError as error:
            cause = f"{name} cannot be asked: {escaped(str(error)) or type(error).__name__}."
            raise SignInRefused(SignInFailure.PROVIDER_UNAVAILABLE, cause) from error
        except (IdTokenError, MetadataError) as error:
            raise SignInRefused(SignInFailure.PROVIDER_INVALID, f"{name}: {escaped(str(error))}") from error

    def _client(self) -> httpx.AsyncClient:
        transport = httpx.AsyncHTTPTransport(verify=self._tls, retries=0)
        return httpx.AsyncClient(
            transport=BoundedTransport(transport, most_bytes=_MOST_BYTES),
            timeout=httpx.Timeout(_STEP_SECONDS, connect=_CONNECT_SECONDS),
            headers={"Accept": "application/json"},
            follow_redirects=False,
            trust_env=False,
        )

    async def _fetch_metadata(self, http: httpx.AsyncClient) -> ProviderMetadata:
        url = f"{self.configuration.issuer.rstrip('/')}/.well-known/openid-configuration"
        return read_metadata(await _json(http.get(url)), issuer=self.configuration.issuer)

    async def _fetch_keys(self, http: httpx.AsyncClient, metadata: ProviderMetadata) -> KeySet:
        return read_keys(await _json(http.get(metadata.jwks_uri)))

    async def _exchange(
        self, http: httpx.AsyncClient, metadata: ProviderMetadata, code: str, code_verifier: str
    ) -> Mapping[str, object]:
        """Return the provider's tokens for its code."""
        configuration = self.configuration
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": configuration.callback_url,
            "code_verifier": code_verifier,
        }
        auth = httpx.Auth()
        if configuration.client_secret is None:
            form["client_id"] = configuration.client_id
        elif "client_secret_basic" in metadata.token_auth_methods:
            # RFC 6749, 2.3.1: both are encoded like a form before they become a user name and a password.
            auth = httpx.BasicAuth(quote(configuration.client_id, safe=""), quote(configuration.client_secret, safe=""))
        else:
            form |= {"client_id": configuration.client_id, "client_secret": configuration.client_secret}
        return await _json(http.post(metadata.token_endpoint, data=form, auth=auth))

    async def _verified(
        self, http: httpx.AsyncClient, metadata: ProviderMetadata, token: str, expected: Expected
    ) -> Claims:
        """Return the claims of an ID token; keys are fetched again for one that is signed with a new key."""
        keys = await self._keys.get(lambda: self._fetch_keys(http, metadata))
        try:
            return verified_claims(token, keys, expected)
        except UnknownKeyError:
            if self._clock() - self._refetched_at < _BETWEEN_REFETCHES_SECONDS:
                raise
        self._refetched_at = self._clock()
        self._keys.forget()
        keys = await self._keys.get(lambda: self._fetch_keys(http, metadata))
        return verified_claims(token, keys, expected)

    async def _with_user_info(
        self, http: httpx.AsyncClient, endpoint: str, claims: Claims, access_token: str
    ) -> Claims:
        """Return the claims with those that the provider gives for the access token only, of the same person."""
        found = await _json(http.get(endpoint, headers={"Authorization": f"Bearer {access_token}"}))
        if found.get("sub") != claims["sub"]:
            raise IdTokenError("The user info is that of another subject than the ID token.")
        return {**found, **claims}


async def _json(asked: Awaitable[httpx.Response]) -> Mapping[str, object]:
    """Return the object in an answer; raises `IdTokenError` for an error status, which it quotes, or anything else."""
    answer = await asked
    url = answer.request.url
    place = f"{url.host}{url.path}"
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        found = None
    if answer.status_code != httpx.codes.OK:
        words = f" {found.get('error')} {found.get('error_description') or ''}" if isinstance(found, dict) else ""
        raise IdTokenError(f"{place} answered {answer.status_code}{words[:_MOST_WORDS].rstrip()}.")
    if not isinstance(found, dict):
        raise IdTokenError(f"{place} answered with something else than an object of JSON.")
    return found


def _text(tokens: Mapping[str, object], name: str) -> str:
    found = tokens.get(name)
    if not isinstance(found, str) or not found.isascii():
        raise IdTokenError(f"The provider's answer has no {name}.")
    return found


def _trusted(ca_file: str) -> ssl.SSLContext:
    try:
        return trust(ca_file)
    except BackendUnreachableError as error:
        raise StartupError(f"TASKDECK_OIDC_CA_FILE: {error.detail}") from error
