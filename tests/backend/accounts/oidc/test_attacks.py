"""What a provider that was taken over, another one, or somebody on the way sends, and what it gets: nothing."""

import asyncio
import base64
import hmac
import json
import re
import secrets
import ssl
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from sqlalchemy import text

from backend.accounts.oidc.configuration import oidc_configuration
from backend.accounts.oidc.people import VerifiedPerson
from backend.accounts.oidc.provider import Provider
from backend.accounts.oidc.refused import SignInRefused
from backend.accounts.refusals import RefusalsStored
from backend.app import Backend
from shared.enums import SignInFailure
from shared.proof_key import new_verifier
from tests.backend.accounts.replicas import open_replica
from tests.certificates import Authority
from tests.free_port import free_port
from tests.oidc.backend import oidc_settings, open_oidc_backend
from tests.oidc.browser import Browser, SignIn
from tests.oidc.hostile_provider import CLIENT_ID, HostileProvider, ec_key, hostile_provider, public_jwk, rsa_key

Change = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture
async def provider() -> AsyncIterator[HostileProvider]:
    async with hostile_provider() as running:
        yield running


def client_of(provider: HostileProvider, *, step_seconds: float = 10, **changes: Any) -> Provider:
    configuration = oidc_configuration(oidc_settings(None, provider.issuer, 1, **changes))
    assert configuration is not None
    return Provider(configuration, step_seconds=step_seconds)


@pytest.fixture
def client(provider: HostileProvider) -> Provider:
    return client_of(provider)


@pytest.fixture
async def backend(database_url: str, provider: HostileProvider) -> AsyncIterator[Backend]:
    async with open_oidc_backend(database_url, provider.issuer) as opened:
        yield opened


async def sign_in(client: Provider) -> VerifiedPerson:
    """Go to the provider and back, as the backend and a browser do."""
    verifier, nonce = new_verifier(), secrets.token_urlsafe()
    url = await client.authorization_url(state="s", nonce=nonce, code_verifier=verifier)
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(url)
    back = dict(parse_qsl(urlsplit(answer.headers["Location"]).query, keep_blank_values=True))
    return await client.person(code=back["code"], code_verifier=verifier, nonce=nonce, issuer=back.get("iss"))


async def refusal(client: Provider) -> SignInRefused:
    with pytest.raises(SignInRefused) as caught:
        await sign_in(client)
    return caught.value


async def outcome(backend: Backend) -> str:
    """Return `signed in`, or the failure that the client gets."""
    one = SignIn(backend.url)
    brought = await one.through(Browser())
    if "error" in brought:
        return brought["error"]
    return "signed in" if (await one.exchange(brought["code"])).status_code == 200 else "no tokens"


async def causes(backend: Backend) -> list[str]:
    """Return the causes in the audit log."""
    statement = text("select detail ->> 'cause' from audit_log where action = 'auth.sign_in_failed' order by id")
    async with backend.context.database.transaction() as connection:
        return list((await connection.execute(statement)).scalars())


async def test_a_correct_answer_proves_who_somebody_is(client: Provider, provider: HostileProvider) -> None:
    person = await sign_in(client)
    assert (person.subject, person.names[0], person.groups) == ("s-ann", "ann", ("ops",))
    (form,) = provider.token_requests
    assert len(form["code_verifier"]) >= 43
    assert provider.basic_authorization() == [CLIENT_ID, "a secret with : and %"]
    assert "client_secret" not in form


async def test_a_secret_is_sent_as_the_provider_wants_it(client: Provider, provider: HostileProvider) -> None:
    provider.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    await sign_in(client)
    assert provider.token_requests[0]["client_secret"] == "a secret with : and %"


async def test_a_public_client_has_its_proof_key(provider: HostileProvider) -> None:
    await sign_in(client_of(provider, oidc_client_secret=None))
    assert provider.token_requests[0]["client_id"] == CLIENT_ID
    assert provider.authorizations == [""]


def in_base64(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def unsigned(claims: dict[str, Any]) -> str:
    """Return a token with `alg: none`."""
    return jwt.encode(claims, None, "none")  # type: ignore[arg-type]


def with_other_algorithm(name: str) -> Callable[[dict[str, Any]], str]:
    def sign(claims: dict[str, Any]) -> str:
        """Sign correctly and then name another algorithm in the head."""
        head, body, signature = jwt.encode(claims, rsa_key("usual"), "RS256").split(".")
        assert name not in head
        return f"{in_base64({'alg': name, 'kid': 'usual'})}.{body}.{signature}"

    return sign


def hmac_with_public_key(claims: dict[str, Any]) -> str:
    """Sign with the published key as the secret of an HMAC."""
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    secret = rsa_key("usual").public_key().public_bytes(*form)
    signed = f"{in_base64({'alg': 'HS256', 'kid': 'usual'})}.{in_base64(claims)}"
    signature = hmac.digest(secret, signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def foreign(claims: dict[str, Any]) -> str:
    """Sign with a key that the provider does not publish, under the id of one that it does."""
    return jwt.encode(claims, rsa_key("foreign"), "RS256", headers={"kid": "usual"})


def own_key_in_head(claims: dict[str, Any]) -> str:
    """Bring the key along."""
    key = rsa_key("foreign")
    return jwt.encode(claims, key, "RS256", headers={"jwk": public_jwk(key), "jku": "http://127.0.0.1:9/keys"})


def changed_body(claims: dict[str, Any]) -> str:
    """Change the subject of a signed token."""
    head, _, signature = jwt.encode(claims, rsa_key("usual"), "RS256", headers={"kid": "usual"}).split(".")
    return f"{head}.{in_base64({**claims, 'sub': 's-admin'})}.{signature}"


@pytest.mark.parametrize(
    "sign",
    [
        unsigned,
        with_other_algorithm("none"),
        with_other_algorithm("None"),
        with_other_algorithm("HS256"),
        with_other_algorithm("ES256"),
        hmac_with_public_key,
        foreign,
        own_key_in_head,
        changed_body,
        lambda _claims: "no token at all",
        lambda _claims: "a.b.c",
        lambda _claims: "",
    ],
    ids=["none", "relabelled none", "None", "relabelled HS256", "relabelled ES256", "HMAC", "foreign key",
         "jwk and jku", "changed body", "text", "dots", "empty"],
)  # fmt: skip
async def test_a_forged_signature_proves_nothing(
    client: Provider, provider: HostileProvider, sign: Callable[[dict[str, Any]], str]
) -> None:
    provider.sign = sign
    assert (await refusal(client)).failure is SignInFailure.PROVIDER_INVALID


def minus(name: str) -> Change:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


def plus(**changes: Any) -> Change:
    return lambda claims: {**claims, **changes}


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (plus(aud="another client"), "[Aa]udience"),
        (plus(aud=["another client"]), "[Aa]udience"),
        (plus(aud=[CLIENT_ID, "another client"]), "several clients"),
        (plus(azp="another client"), "another client"),
        (plus(iss="https://evil.example"), "[Ii]ssuer"),
        (plus(nonce="another"), "nonce"),
        (plus(nonce=None), "nonce"),
        (minus("nonce"), "nonce"),
        (minus("exp"), "exp"),
        (minus("iat"), "iat"),
        (minus("aud"), "aud"),
        (minus("iss"), "iss"),
        (minus("sub"), "sub"),
        (plus(sub=""), "subject"),
        (plus(sub="x" * 256), "subject"),
        (plus(sub=7), "[Ss]ubject"),
        (plus(exp=int(time.time()) - 120), "expired"),
        (plus(exp="soon"), "exp"),
        (plus(exp=float("nan")), "exp"),
        (plus(nbf=int(time.time()) + 3600), "not yet valid"),
        (plus(iat=int(time.time()) + 3600), "not yet valid"),
        (plus(at_hash="AAAA"), "at_hash"),
        (plus(at_hash=7), "at_hash"),
    ],
)
async def test_a_token_for_something_else_proves_nothing(
    client: Provider, provider: HostileProvider, change: Change, cause: str
) -> None:
    provider.change = change
    found = await refusal(client)
    assert found.failure is SignInFailure.PROVIDER_INVALID
    assert re.search(cause, found.cause), found.cause


async def test_a_token_of_another_sign_in_counts_for_none(client: Provider, provider: HostileProvider) -> None:
    """A recorded ID token is injected into a later sign-in."""
    recorded: list[str] = []

    def sign(claims: dict[str, Any]) -> str:
        recorded.append(provider.signed(claims))
        return recorded[0]

    provider.sign = sign
    await sign_in(client)
    assert (await refusal(client)).failure is SignInFailure.PROVIDER_INVALID


@pytest.mark.parametrize("named", ["https://evil.example", ""])
async def test_an_answer_that_names_another_issuer_is_a_mix_up(
    client: Provider, provider: HostileProvider, named: str
) -> None:
    provider.callback = lambda back: {**back, "iss": named}
    assert (await refusal(client)).failure is SignInFailure.PROVIDER_INVALID
    assert "/token" not in provider.asked, "the code is not sent anywhere"


async def test_a_provider_that_names_itself_always_does(client: Provider, provider: HostileProvider) -> None:
    provider.metadata = {"authorization_response_iss_parameter_supported": True}
    assert (await refusal(client)).failure is SignInFailure.PROVIDER_INVALID
    provider.callback = lambda back: {**back, "iss": provider.issuer}
    await sign_in(client)


async def test_a_refusal_of_the_provider_is_passed_on(backend: Backend, provider: HostileProvider) -> None:
    words = "no\x1b[31m entry"
    provider.callback = lambda back: {"error": "access_denied", "error_description": words, "state": back["state"]}
    with backend.context.passes.watch(RefusalsStored) as stored:
        assert await outcome(backend) == SignInFailure.ACCESS_DENIED
        await stored.next()
    assert await causes(backend) == ["The provider answered: access_denied no\\x1b[31m entry"]


async def test_a_code_of_somebody_else_is_refused_by_the_provider(client: Provider, provider: HostileProvider) -> None:
    provider.callback = lambda back: {**back, "code": "code of another client"}
    assert (await refusal(client)).failure is SignInFailure.PROVIDER_INVALID


async def test_a_new_key_is_fetched_when_it_is_used(client: Provider, provider: HostileProvider) -> None:
    await sign_in(client)
    provider.key, provider.key_id, provider.algorithm = ec_key("new"), "new", "ES256"
    provider.published = [public_jwk(ec_key("new"), kid="new")]
    await sign_in(client)
    assert provider.asked.count("/keys") == 2


async def test_unknown_keys_cost_one_fetch_in_ten_seconds(client: Provider, provider: HostileProvider) -> None:
    await sign_in(client)
    provider.key_id = "unknown"
    for _ in range(3):
        assert (await refusal(client)).failure is SignInFailure.PROVIDER_INVALID
    assert provider.asked.count("/keys") == 2


@pytest.mark.parametrize(
    "keys",
    [
        [{"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0", "kid": "usual"}],
        [public_jwk(rsa_key("usual"), kid="usual", use="enc")],
        [public_jwk(rsa_key("usual"), kid="usual", alg="PS256")],
        [{"kty": "RSA", "kid": "usual", "n": 7, "e": "AQAB"}],
        [{"kty": "RSA", "kid": "usual"}],
        [7, None, {}],
    ],
    ids=["symmetric", "for encryption", "for another algorithm", "numbers", "incomplete", "no keys"],
)
async def test_keys_that_may_not_sign_do_not(
    client: Provider, provider: HostileProvider, keys: list[dict[str, Any]]
) -> None:
    provider.published = keys
    assert (await refusal(client)).failure is SignInFailure.PROVIDER_INVALID


async def test_a_key_that_is_too_short_proves_nothing(client: Provider, provider: HostileProvider) -> None:
    short = rsa_key("short", 1024)
    provider.published = [public_jwk(short, kid="usual")]

    def sign(claims: dict[str, Any]) -> str:
        signed = f"{in_base64({'alg': 'RS256', 'kid': 'usual'})}.{in_base64(claims)}"
        signature = short.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"

    provider.sign = sign
    assert "1024 bits" in (await refusal(client)).cause


async def test_groups_may_be_in_the_user_info_of_the_same_person(client: Provider, provider: HostileProvider) -> None:
    del provider.person["groups"]
    provider.user_info = {"sub": "s-ann", "groups": ["ops"]}
    await sign_in(client)
    provider.user_info = {"sub": "s-somebody-else", "groups": ["sre"]}
    assert (await refusal(client)).failure is SignInFailure.PROVIDER_INVALID


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "ftp://127.0.0.1/keys"},
        {"authorization_endpoint": 7},
        {"token_endpoint": None},
        {"authorization_endpoint": "http://[::1/authorize"},
    ],
)
async def test_a_discovery_document_of_something_else_is_not_followed(
    client: Provider, provider: HostileProvider, document: dict[str, Any]
) -> None:
    provider.metadata = document
    assert (await refusal(client)).failure is SignInFailure.PROVIDER_INVALID
    assert provider.asked == ["/.well-known/openid-configuration"]


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys"])
async def test_an_answer_that_does_not_come_is_not_awaited(provider: HostileProvider, path: str) -> None:
    provider.held.add(path)
    found = await refusal(client_of(provider, step_seconds=0.3))
    assert (found.failure, found.cause) == (
        SignInFailure.PROVIDER_UNAVAILABLE,
        "Example did not answer within 0.3 s.",
    )


async def test_a_slow_provider_keeps_nobody_else_out(database_url: str, provider: HostileProvider) -> None:
    """More sign-ins than there are connections to the database wait for the provider."""
    provider.held.add("/token")
    async with (
        open_oidc_backend(database_url, provider.issuer, database_pool_size=2) as backend,
        httpx.AsyncClient(base_url=backend.url) as http,
        asyncio.TaskGroup() as waiting,
    ):
        outcomes = [waiting.create_task(outcome(backend)) for _ in range(5)]
        for _ in outcomes:
            await provider.is_holding.acquire()
        refused = await http.post("/api/auth/login", json={"username": "nobody", "password": "wrong"})
        assert refused.status_code == 401, "which was read from the database"
        provider.released.set()
    assert {one.result() for one in outcomes} == {"signed in"}


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys"])
async def test_an_answer_without_end_is_ended(client: Provider, provider: HostileProvider, path: str) -> None:
    provider.endless.add(path)
    assert (await refusal(client)).failure is SignInFailure.PROVIDER_UNAVAILABLE


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys"])
@pytest.mark.parametrize(
    "answer",
    [
        (302, {"Location": "http://127.0.0.1:9/elsewhere"}, b""),
        (500, {}, b"broken"),
        (200, {}, b"no JSON"),
        (200, {}, b"[]"),
        (200, {}, b"[" * 100_000),
        (200, {}, b"\xff"),
        (200, {"Content-Encoding": "gzip"}, b"\x1f\x8b"),
    ],
    ids=["redirect", "error", "text", "list", "deep", "bytes", "compressed"],
)
async def test_another_answer_is_not_accepted(
    client: Provider, provider: HostileProvider, path: str, answer: tuple[int, dict[str, str], bytes]
) -> None:
    provider.instead[path] = lambda: answer
    assert (await refusal(client)).failure in (SignInFailure.PROVIDER_INVALID, SignInFailure.PROVIDER_UNAVAILABLE)


async def test_the_certificate_of_the_provider_is_verified(tmp_path: Path) -> None:
    authority, other = Authority(tmp_path / "own"), Authority(tmp_path / "other")
    issued = authority.issue("127.0.0.1")
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(issued.certificate, issued.key)
    async with hostile_provider(tls=tls) as provider:
        await client_of(provider, oidc_ca_file=authority.file).check()
        for trusted in (None, other.file):
            with pytest.raises(SignInRefused, match="CERTIFICATE_VERIFY_FAILED"):
                await client_of(provider, oidc_ca_file=trusted).check()


async def test_a_provider_that_is_away_keeps_nobody_else_out(database_url: str) -> None:
    port = free_port()
    settings = oidc_settings(database_url, f"http://127.0.0.1:{free_port()}", port)
    async with open_replica(settings, port=port) as backend:
        with backend.context.passes.watch(RefusalsStored) as stored:
            assert await outcome(backend) == SignInFailure.PROVIDER_UNAVAILABLE
            await stored.next()
        (cause,) = await causes(backend)
        assert "cannot be asked" in cause
