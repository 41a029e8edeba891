"""The three steps of a sign-in with OpenID Connect: to the provider, back from it, and a code for tokens."""

import secrets
from dataclasses import dataclass

import structlog

from backend import audit
from backend.accounts import sessions
from backend.accounts.identities import Identities
from backend.accounts.oidc import pending
from backend.accounts.oidc.groups import role_for
from backend.accounts.oidc.pending import ClientRequest, PendingSignIn
from backend.accounts.oidc.people import VerifiedPerson, admit
from backend.accounts.oidc.provider import Provider
from backend.accounts.oidc.redirect_uri import with_parameters
from backend.accounts.oidc.refused import SignInRefused
from backend.context import NO_ORIGIN, Actor, Origin, ServiceContext
from shared.enums import Role, SignInFailure
from shared.errors import UnauthorizedError
from shared.models.auth import TokenPair
from shared.printable_text import escaped
from shared.proof_key import is_verifier_of, new_verifier

_MOST_TEXT = 200
"""Characters of a provider's error that are logged."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderCallback:
    """What the provider sends back with the browser; everything in it may be forged."""

    state: str = ""
    code: str = ""
    issuer: str | None = None
    error: str = ""
    error_description: str = ""


@dataclass(frozen=True, slots=True)
class NextAddress:
    """Where the browser goes next, and the refusal that is reported there."""

    url: str
    refusal: SignInRefused | None = None


async def start(context: ServiceContext, provider: Provider, wanted: ClientRequest, *, browser: str) -> NextAddress:
    """Begin a sign-in in a browser, which is known by the random value of its cookie.

    Raises `RateLimitedError` if too many have begun.
    """
    state, sign_in = secrets.token_urlsafe(32), _new_sign_in(wanted)
    try:
        url = await provider.authorization_url(state=state, nonce=sign_in.nonce, code_verifier=sign_in.code_verifier)
    except SignInRefused as refusal:
        return _refused(wanted, refusal)
    async with context.database.transaction() as connection:
        await pending.add(connection, state, browser, sign_in)
    return NextAddress(url)


async def finish(
    context: ServiceContext,
    identities: Identities,
    provider: Provider,
    callback: ProviderCallback,
    *,
    browser: str,
    origin: Origin = NO_ORIGIN,
) -> NextAddress | None:
    """Return the client's address with a one-time code, or with the reason why there is none.

    None: no sign-in with this state began in this browser within ten minutes. The provider is asked outside of any
    transaction: a slow one holds no connection to the database.
    """
    async with context.database.transaction() as connection:
        sign_in = await pending.take(connection, callback.state, browser)
    if sign_in is None:
        return None
    try:
        code = await _code(context, identities, provider, callback, sign_in, origin)
    except SignInRefused as refusal:
        return _refused(sign_in.client, refusal)
    return NextAddress(with_parameters(sign_in.client.redirect_uri, code=code, state=sign_in.client.state))


async def exchange(
    context: ServiceContext,
    identities: Identities,
    provider: Provider,
    code: str,
    code_verifier: str,
    *,
    origin: Origin = NO_ORIGIN,
) -> TokenPair:
    """Return the tokens for a code, which is valid once and from any sender; raises `UnauthorizedError`."""
    configuration = provider.configuration
    async with context.database.transaction() as connection:
        taken = await pending.take_code(connection, code)
    if taken is None or not is_verifier_of(code_verifier, taken.code_challenge):
        raise UnauthorizedError(
            "The code of the sign-in was used, is older than a minute or belongs to another sign-in. Sign in again."
        )
    async with context.database.transaction() as connection:
        session = await sessions.start(
            connection,
            taken.user_id,
            generation=taken.generation,
            lifetime=context.settings.refresh_token_lifetime,
            ends_after=configuration.session_lifetime,
        )
        await audit.record(
            connection,
            actor=Actor(taken.user_id, taken.username, origin),
            action="auth.sign_in",
            object_type="user",
            object_id=taken.user_id,
            object_name=taken.username,
            detail={"with": configuration.name},
        )
    return await identities.token_pair(session)


def _new_sign_in(wanted: ClientRequest) -> PendingSignIn:
    return PendingSignIn(nonce=secrets.token_urlsafe(32), code_verifier=new_verifier(), client=wanted)


async def _code(
    context: ServiceContext,
    identities: Identities,
    provider: Provider,
    callback: ProviderCallback,
    sign_in: PendingSignIn,
    origin: Origin,
) -> str:
    """Return a code for the user whom the provider names; raises `SignInRefused`."""
    if callback.error or not callback.code:
        words = escaped(f"{callback.error or 'no code'} {callback.error_description}".strip()[:_MOST_TEXT])
        raise SignInRefused(SignInFailure.ACCESS_DENIED, f"The provider answered: {words}")
    person = await provider.person(
        code=callback.code, code_verifier=sign_in.code_verifier, nonce=sign_in.nonce, issuer=callback.issuer
    )
    code = secrets.token_urlsafe(32)
    async with context.database.transaction() as connection:
        admission = await admit(connection, person, _role(provider, person), origin=origin)
        if admission.user is not None:
            await pending.add_code(
                connection,
                code,
                admission.user.user.id,
                generation=admission.user.generation,
                code_challenge=sign_in.client.code_challenge,
            )
    if admission.changed_user_id is not None:
        identities.cache.forget(admission.changed_user_id)
    if admission.refusal is not None:
        raise admission.refusal
    return code


def _role(provider: Provider, person: VerifiedPerson) -> Role | None:
    return role_for(person.groups, provider.configuration.roles, provider.configuration.default_role)


def _refused(client: ClientRequest, refusal: SignInRefused) -> NextAddress:
    log.warning("A sign-in with OpenID Connect was refused.", cause=refusal.cause, who=refusal.who or None)
    return NextAddress(with_parameters(client.redirect_uri, error=refusal.failure, state=client.state), refusal)
