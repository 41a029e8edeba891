"""What lies between the steps of a sign-in: those that have begun, and codes that were not exchanged yet.

Both are in the database, so that any replica can take the next step. Each row is deleted by its use.
"""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.accounts.random_tokens import hashed
from shared.errors import RateLimitedError

_MOST = 10_000
"""Sign-ins that may have begun at the same time: a few megabytes. The limit of attempts by address comes first."""

# By the indexes on expires_at; of at most _MOST rows.
DELETE_EXPIRED = text("delete from oidc_sign_ins where expires_at < now()")
DELETE_EXPIRED_CODES = text("delete from oidc_codes where expires_at < now()")

INSERT = text(
    """
    insert into oidc_sign_ins
        (state_hash, browser_hash, nonce, code_verifier, redirect_uri, code_challenge, client_state, expires_at)
    select :state_hash, :browser_hash, :nonce, :code_verifier, :redirect_uri, :code_challenge, :client_state,
        now() + interval '10 minutes'
    where (select count(*) from oidc_sign_ins) < :most
    returning state_hash
    """
)

# By the primary key.
TAKE = text(
    """
    delete from oidc_sign_ins where state_hash = :state_hash and browser_hash = :browser_hash
    returning nonce, code_verifier, redirect_uri, code_challenge, client_state, expires_at > now() as is_valid
    """
)

INSERT_CODE = text(
    """
    insert into oidc_codes (code_hash, user_id, generation, code_challenge, expires_at)
    values (:code_hash, :user_id, :generation, :code_challenge, now() + interval '60 seconds')
    """
)

# By the primary keys.
TAKE_CODE = text(
    """
    delete from oidc_codes c using users u
    where c.code_hash = :code_hash and u.id = c.user_id
    returning c.user_id, u.username, c.code_challenge, c.generation,
        c.expires_at > now() and c.generation = u.generation and not u.disabled as is_valid
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRequest:
    """What a client asks for: where it receives the code, to which proof the code is bound, and its own state."""

    redirect_uri: str
    code_challenge: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingSignIn:
    """A sign-in that has begun: what the provider must return, and what the client asked for."""

    nonce: str
    code_verifier: str
    client: ClientRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenCode:
    """A code that was used just now."""

    user_id: int
    username: str
    generation: int
    code_challenge: str


async def add(connection: AsyncConnection, state: str, browser: str, sign_in: PendingSignIn) -> None:
    """Store a sign-in that has begun in this browser; raises `RateLimitedError` if there are too many."""
    await connection.execute(DELETE_EXPIRED)
    values = {
        "state_hash": hashed(state),
        "browser_hash": hashed(browser),
        "nonce": sign_in.nonce,
        "code_verifier": sign_in.code_verifier,
        "redirect_uri": sign_in.client.redirect_uri,
        "code_challenge": sign_in.client.code_challenge,
        "client_state": sign_in.client.state,
        "most": _MOST,
    }
    if (await connection.execute(INSERT, values)).one_or_none() is None:
        raise RateLimitedError("Too many sign-ins have begun. Try again in ten minutes.", retry_after_seconds=600)


async def delete_expired(connection: AsyncConnection) -> None:
    """Delete sign-ins and codes that can no longer be used."""
    await connection.execute(DELETE_EXPIRED)
    await connection.execute(DELETE_EXPIRED_CODES)


async def take(connection: AsyncConnection, state: str, browser: str) -> PendingSignIn | None:
    """Return a sign-in and delete it; None where none with this state began in this browser, or it is too old."""
    found = await connection.execute(TAKE, {"state_hash": hashed(state), "browser_hash": hashed(browser)})
    row = found.one_or_none()
    if row is None or not row.is_valid:
        return None
    client = ClientRequest(redirect_uri=row.redirect_uri, code_challenge=row.code_challenge, state=row.client_state)
    return PendingSignIn(nonce=row.nonce, code_verifier=row.code_verifier, client=client)


async def add_code(
    connection: AsyncConnection, code: str, user_id: int, *, generation: int, code_challenge: str
) -> None:
    """Store a code, valid for a minute."""
    await connection.execute(
        INSERT_CODE,
        {"code_hash": hashed(code), "user_id": user_id, "generation": generation, "code_challenge": code_challenge},
    )


async def take_code(connection: AsyncConnection, code: str) -> TakenCode | None:
    """Return whose a code is, and delete it; None where it is unknown, was used, is too old, or its user changed."""
    row = (await connection.execute(TAKE_CODE, {"code_hash": hashed(code)})).one_or_none()
    if row is None or not row.is_valid:
        return None
    return TakenCode(
        user_id=row.user_id, username=row.username, generation=row.generation, code_challenge=row.code_challenge
    )
