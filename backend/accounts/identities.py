"""Who a request comes from: looks the session of an access token up, or a personal token."""

from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.accounts import access_tokens
from backend.accounts.announcements import AccountFollower
from backend.accounts.identity_cache import Identity, IdentityCache
from backend.accounts.random_tokens import PERSONAL_PREFIX, hashed
from backend.accounts.sessions import Session
from backend.accounts.signing_keys import SigningKeys
from backend.accounts.token_uses import TokenUses
from backend.context import ServiceContext
from shared.access import GrantedFolder, access_of
from shared.enums import Permission, Role, Scope
from shared.errors import UnauthorizedError
from shared.models.auth import TokenPair, User

# Of the user and of their groups, from the indexes grants_of_user and grants_of_group. An administrator needs none.
_GRANTS = """
    case when u.role <> 'admin' then (
        select jsonb_agg(jsonb_build_array(g.folder, g.permission)) from grants g
        where g.user_id = u.id or g.group_name = any(u.groups)) end as grants
"""

# By the unique index on token_hash.
TOKEN_OWNER = text(
    f"""
    select u.id, u.username, u.role, u.disabled, u.created_at, u.generation, u.subject, u.groups,
        t.id as token_id, null as session_id, t.scope, {_GRANTS}
    from api_tokens t join users u on u.id = t.user_id
    where t.token_hash = :key and (t.expires_at is null or t.expires_at > now())
        and t.generation = u.generation and not u.disabled
    """  # noqa: S608
)

# By the primary keys.
SESSION_OWNER = text(
    f"""
    select u.id, u.username, u.role, u.disabled, u.created_at, u.generation, u.subject, u.groups,
        null as token_id, s.id as session_id, null as scope, {_GRANTS}
    from sessions s join users u on u.id = s.user_id
    where s.id = :key and s.ended_at is null and s.expires_at > now()
        and s.generation = u.generation and not u.disabled
    """  # noqa: S608
)


class Identities:
    """Identifies requests by their tokens, and makes access tokens."""

    def __init__(self, context: ServiceContext) -> None:
        self.cache = IdentityCache()
        self.keys = SigningKeys(context.database, context.stored_values)
        self.follower = AccountFollower(context, self.cache, self.keys)
        self.token_uses = TokenUses(context.database, context.passes)
        self._context = context

    async def start(self) -> None:
        """Load the signing keys; the first replica creates one."""
        await self.keys.load()

    async def token_pair(self, session: Session) -> TokenPair:
        """Return the tokens of a session."""
        key_id, secret = await self.keys.newest()
        seconds = self._context.settings.access_token_seconds
        return TokenPair(
            access_token=access_tokens.encode(
                session.id, session.user_id, key_id=key_id, secret=secret, seconds=seconds
            ),
            refresh_token=session.refresh_token,
            expires_in=seconds,
        )

    def cached(self, token: str) -> Identity | None:
        """Return who a token belongs to if that was read a moment ago, or None."""
        try:
            identity = self.cache.get(self._key(token))
        except UnauthorizedError:
            return None
        if identity is not None and identity.token_id is not None:
            self.token_uses.note(identity.token_id)
        return identity

    def has_seen(self, token: str) -> bool:
        """Whether a token was valid when it was looked up last: it is no guess."""
        try:
            return self.cache.has_seen(self._key(token))
        except UnauthorizedError:
            return False

    async def identify(self, token: str) -> Identity:
        """Return who a token belongs to, as `cached` or from the database; raises `UnauthorizedError`."""
        known = self.cached(token)
        if known is not None:
            return known
        is_personal = token.startswith(PERSONAL_PREFIX)
        if not is_personal and not self.keys.has(access_tokens.key_of(token)):
            await self.keys.load_again()
        key = self._key(token)
        version = self.cache.version
        async with self._context.database.statements() as connection:
            identity = await _read(connection, key, is_personal=is_personal)
        if identity is None and is_personal:
            raise UnauthorizedError(
                "The token is not valid: it was deleted, has expired, belongs to another backend, or its owner's role, "
                "password or state was changed. Create a new one."
            )
        if identity is None:
            raise UnauthorizedError("This session has ended. Sign in again.")
        self.cache.add(key, identity, read_at_version=version)
        if identity.token_id is not None:
            self.token_uses.note(identity.token_id)
        return identity

    def _key(self, token: str) -> str:
        """Return what is looked up: the hash of a personal token, or the session of an access token."""
        if token.startswith(PERSONAL_PREFIX):
            return hashed(token)
        return access_tokens.session_of(token, self.keys.secrets)


async def _read(connection: AsyncConnection, key: str, *, is_personal: bool) -> Identity | None:
    statement = TOKEN_OWNER if is_personal else SESSION_OWNER
    row = (await connection.execute(statement, {"key": key})).one_or_none()
    return _identity(row) if row is not None else None


def _identity(row: Row[Any]) -> Identity:
    role = Role(row.role)
    scope = Scope(row.scope) if row.scope else Scope.ADMIN
    grants = [GrantedFolder(folder, Permission(permission)) for folder, permission in row.grants or ()]
    access = access_of(role, grants, scope=scope)
    return Identity(
        user=User(
            id=row.id,
            username=row.username,
            role=role,
            created_at=row.created_at,
            disabled=row.disabled,
            single_sign_on=row.subject is not None,
            groups=row.groups,
        ),
        generation=row.generation,
        scope=scope.within(Scope((access.greatest or Permission.READ).value)),
        access=access,
        token_id=row.token_id,
        session_id=row.session_id,
    )
