"""Who a request comes from: verifies access tokens, and looks personal tokens up."""

import hashlib
import secrets
import time
from dataclasses import dataclass

import jwt
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.accounts.token_uses import TokenUses
from backend.context import ServiceContext
from backend.database.schema import SIGNING_KEYS
from shared.enums import Role
from shared.errors import UnauthorizedError
from shared.models.auth import User

ALGORITHM = "HS256"
PERSONAL_PREFIX = "tdk_"
"""Tells personal tokens from access tokens, and lets secret scanners find them."""
_CACHE_SECONDS = 5.0
"""How long another replica may accept a personal token after it was deleted."""
_MOST_CACHED = 10_000
"""A few megabytes; a replica serves fewer tokens within five seconds."""

# By the unique index on token_hash.
TOKEN_OWNER = text(
    """
    select u.id, u.username, u.role, u.disabled, u.created_at, t.id as token_id
    from api_tokens t join users u on u.id = t.user_id
    where t.token_hash = :hash and (t.expires_at is null or t.expires_at > now()) and not u.disabled
    """
)


def hashed(token: str) -> str:
    """Return what is stored of a random token: it needs no slow hash, because it cannot be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _KnownToken:
    """A personal token that is valid; `read_at` is a monotonic time."""

    token_id: int
    owner: User
    read_at: float


class Identities:
    """Holds the keys that sign access tokens, and the owners of recently used personal tokens."""

    def __init__(self, context: ServiceContext) -> None:
        self.token_uses = TokenUses(context.database, context.passes)
        self._context = context
        self._keys: dict[str, str] = {}
        self._owners: dict[str, _KnownToken] = {}

    async def start(self) -> None:
        """Load the signing keys; the first replica creates one."""
        async with self._context.database.transaction() as connection:
            self._keys = await _signing_keys(connection)

    def access_token(self, user: User) -> str:
        """Return a signed access token for a user."""
        key_id, secret = next(iter(self._keys.items()))
        now = int(time.time())
        claims = {
            "sub": str(user.id),
            "name": user.username,
            "role": user.role,
            "since": user.created_at.isoformat(),
            "iat": now,
            "exp": now + self._context.settings.access_token_seconds,
        }
        return jwt.encode(claims, secret, algorithm=ALGORITHM, headers={"kid": key_id})

    async def identify(self, token: str) -> User:
        """Return the user that a token belongs to; raises `UnauthorizedError`."""
        if not token.startswith(PERSONAL_PREFIX):
            return self._user_of_access_token(token)
        key = hashed(token)
        now = time.monotonic()
        known = self._owners.get(key)
        if known is not None and now - known.read_at < _CACHE_SECONDS:
            self.token_uses.note(known.token_id)
            return known.owner
        async with self._context.database.transaction() as connection:
            known = await _read_token(connection, key, now=now)
        if known is None:
            self._owners.pop(key, None)
            raise UnauthorizedError(
                "The token is not valid: it was deleted, has expired, or belongs to another backend. Create a new one."
            )
        if len(self._owners) >= _MOST_CACHED:
            self._owners.clear()
        self._owners[key] = known
        self.token_uses.note(known.token_id)
        return known.owner

    def forget(self) -> None:
        """Look every personal token up again: a user or a token was changed."""
        self._owners.clear()

    def _user_of_access_token(self, token: str) -> User:
        try:
            key_id = jwt.get_unverified_header(token).get("kid", "")
            claims = jwt.decode(
                token,
                self._keys.get(key_id, secrets.token_hex(32)),
                algorithms=[ALGORITHM],
                options={"require": ["exp", "sub"]},
            )
        except jwt.ExpiredSignatureError as error:
            raise UnauthorizedError("The access token has expired. Refresh it or sign in again.") from error
        except jwt.InvalidTokenError as error:
            raise UnauthorizedError("The token is not valid. Sign in again.") from error
        return User(
            id=int(claims["sub"]),
            username=claims["name"],
            role=Role(claims["role"]),
            created_at=claims["since"],
        )


async def _read_token(connection: AsyncConnection, token_hash: str, *, now: float) -> _KnownToken | None:
    row = (await connection.execute(TOKEN_OWNER, {"hash": token_hash})).one_or_none()
    if row is None:
        return None
    owner = User(
        id=row.id, username=row.username, role=Role(row.role), created_at=row.created_at, disabled=row.disabled
    )
    return _KnownToken(row.token_id, owner, now)


async def _signing_keys(connection: AsyncConnection) -> dict[str, str]:
    """Return the signing keys by id, newest first; the first call creates one, also if two replicas start at once."""
    await connection.execute(text("lock table signing_keys in share row exclusive mode"))
    query = select(*SIGNING_KEYS.c).order_by(SIGNING_KEYS.c.created_at.desc())
    keys = {row.kid: row.secret for row in await connection.execute(query)}
    if not keys:
        keys = {secrets.token_hex(8): secrets.token_urlsafe(48)}
        rows = [{"kid": key_id, "secret": secret} for key_id, secret in keys.items()]
        await connection.execute(insert(SIGNING_KEYS).values(rows))
    return keys
