"""Who a person is, and how that is proven."""

import asyncio
import base64
import hashlib
import secrets
import time

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.accounts import rows as people
from backend.context import ServiceContext
from shared.enums import Role
from shared.errors import ConflictError, FieldError, ForbiddenError, NotFoundError, UnauthorizedError
from shared.models.auth import ApiToken, ApiTokenCreate, TokenPair, User, UserCreate, UserPatch

ALGORITHM = "HS256"
PERSONAL_PREFIX = "tdk_"
LOCAL_USER = "local"
LOCAL_TOKEN_NAME = "local backend"  # noqa: S105
_OWNER_CACHE_SECONDS = 5.0
_MOST_CACHED = 10_000


def hashed(token: str) -> str:
    """Return what is stored of a random token."""
    return hashlib.sha256(token.encode()).hexdigest()


def decoy_hash(hasher: PasswordHasher) -> str:
    """Return what looks like a hash of this hasher's and takes as long to verify, but is no password's.

    Written in the PHC string format; making a true one would cost each start what a login costs.
    """
    salt, tag = (
        base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (hasher.salt_len, hasher.hash_len)
    )
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${tag}"


class AuthService:
    """Signs people in and knows them again."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._hasher = PasswordHasher()
        # Verified against where a name is unknown, so that the answer takes as long as for a known one.
        self._decoy_hash = decoy_hash(self._hasher)
        self._keys: dict[str, str] = {}
        self._owners: dict[str, tuple[float, User]] = {}

    async def start(self) -> None:
        """Load the keys that sign access tokens; the first replica makes one."""
        async with self._context.database.transaction() as connection:
            await people.insert_first_signing_key(connection, secrets.token_hex(8), secrets.token_urlsafe(48))
            self._keys = await people.signing_keys(connection)

    async def ensure_local_user(self) -> str:
        """Return a new token for the local backend's own user; the former one is void."""
        token = PERSONAL_PREFIX + secrets.token_urlsafe(32)
        async with self._context.database.transaction() as connection:
            await people.insert_user(connection, LOCAL_USER, password_hash=None, role=Role.ADMIN)
            row = await people.find_user(connection, LOCAL_USER)
            assert row is not None
            await people.delete_tokens_named(connection, row["id"], LOCAL_TOKEN_NAME)
            await people.insert_token(
                connection, row["id"], name=LOCAL_TOKEN_NAME, token_hash=hashed(token), expires_at=None
            )
        return token

    async def ensure_admin(self, password: str) -> None:
        """Make the user `admin` with this password where nobody administers yet."""
        password_hash = await asyncio.to_thread(self._hasher.hash, password)
        async with self._context.database.transaction() as connection:
            if await people.count_admins(connection) == 0:
                await people.insert_user(connection, "admin", password_hash=password_hash, role=Role.ADMIN)

    async def new_setup_token(self) -> str | None:
        """Return a one-time token for the first administrator, or None where there is one already."""
        token = secrets.token_urlsafe(24)
        async with self._context.database.transaction() as connection:
            if await people.count_admins(connection) > 0:
                return None
            await people.replace_setup_token(connection, hashed(token))
        return token

    async def set_up(self, token: str, *, username: str, password: str) -> TokenPair:
        """Make the first administrator and sign them in."""
        password_hash = await asyncio.to_thread(self._hasher.hash, password)
        async with self._context.database.transaction() as connection:
            if not await people.spend_setup_token(connection, hashed(token)):
                raise ForbiddenError("This setup link was used or replaced; the backend's newest one is in its log.")
            user = await people.insert_user(connection, username, password_hash=password_hash, role=Role.ADMIN)
            if user is None:
                raise ConflictError(f"A user {username!r} exists already; choose another name.")
            await audit.record(connection, actor=username, action="user.setup", object_type="user", object_id=user.id)
        return await self._new_pair(user, family=secrets.token_hex(16))

    async def login(self, username: str, password: str) -> TokenPair:
        """Return tokens for a name and its password; raises `UnauthorizedError`, whichever was wrong."""
        async with self._context.database.transaction() as connection:
            row = await people.find_user(connection, username)
        password_hash = (row["password_hash"] if row else None) or self._decoy_hash
        is_right = await asyncio.to_thread(self._verify, password_hash, password)
        if row is None or not is_right or row["disabled"] or row["password_hash"] is None:
            raise UnauthorizedError("The user name or the password is wrong.")
        return await self._new_pair(people.user_from_row(row), family=secrets.token_hex(16))

    async def refresh(self, refresh_token: str) -> TokenPair:
        """Return a new pair; a token that was used before revokes all that came from the same login."""
        async with self._context.database.transaction() as connection:
            spent = await people.spend_refresh(connection, hashed(refresh_token))
            if spent is None:
                await people.revoke_family_of(connection, hashed(refresh_token))
                user = None
            else:
                user = await people.get_user(connection, spent[0])
        if spent is None or user is None or user.disabled:
            raise UnauthorizedError("The refresh token was used, revoked or has expired; sign in again.")
        return await self._new_pair(user, family=spent[1])

    async def who(self, token: str) -> User:
        """Return whose token this is; raises `UnauthorizedError`."""
        if not token.startswith(PERSONAL_PREFIX):
            return self._who_by_access_token(token)
        key = hashed(token)
        now = time.monotonic()
        cached = self._owners.get(key)
        if cached is not None and now - cached[0] < _OWNER_CACHE_SECONDS:
            return cached[1]
        async with self._context.database.transaction() as connection:
            user = await people.token_owner(connection, key)
        if user is None:
            self._owners.pop(key, None)
            raise UnauthorizedError("The token is not valid: it was deleted, has expired, or is another backend's.")
        if len(self._owners) >= _MOST_CACHED:
            self._owners.clear()
        self._owners[key] = (now, user)
        return user

    def _who_by_access_token(self, token: str) -> User:
        try:
            kid = jwt.get_unverified_header(token).get("kid", "")
            claims = jwt.decode(
                token,
                self._keys.get(kid, secrets.token_hex(32)),
                algorithms=[ALGORITHM],
                options={"require": ["exp", "sub"]},
            )
        except jwt.ExpiredSignatureError as error:
            raise UnauthorizedError("The access token has expired; refresh it or sign in again.") from error
        except jwt.InvalidTokenError as error:
            raise UnauthorizedError("The token is not valid; sign in again.") from error
        return User(
            id=int(claims["sub"]),
            username=claims["name"],
            role=Role(claims["role"]),
            created_at=claims["since"],
        )

    async def list_users(self) -> list[User]:
        """Return everybody."""
        async with self._context.database.transaction() as connection:
            return await people.list_users(connection)

    async def create_user(self, new: UserCreate, *, actor: User) -> User:
        """Add a person."""
        password_hash = await asyncio.to_thread(self._hasher.hash, new.password)
        async with self._context.database.transaction() as connection:
            user = await people.insert_user(connection, new.username, password_hash=password_hash, role=new.role)
            if user is None:
                raise ConflictError(
                    f"A user {new.username!r} exists already; choose another name.",
                    errors=[FieldError("username", "is taken")],
                )
            await self._record(connection, actor, "user.create", user)
        return user

    async def change_user(self, user_id: int, patch: UserPatch, *, actor: User) -> User:
        """Change a person; new sign-ins are needed where the password or the right to sign in changed."""
        changes = patch.model_dump(exclude_unset=True, exclude={"password"})
        if patch.password is not None:
            changes["password_hash"] = await asyncio.to_thread(self._hasher.hash, patch.password)
        async with self._context.database.transaction() as connection:
            user = (
                await people.update_user(connection, user_id, changes)
                if changes
                else await people.get_user(connection, user_id)
            )
            if user is None:
                raise NotFoundError(f"There is no user {user_id}.")
            await self._keep_an_admin(connection)
            await people.revoke_user(connection, user_id)
            await self._record(connection, actor, "user.update", user)
        self._owners.clear()
        return user

    async def delete_user(self, user_id: int, *, actor: User) -> None:
        """Remove a person and all their tokens."""
        async with self._context.database.transaction() as connection:
            user = await people.get_user(connection, user_id)
            if user is None:
                raise NotFoundError(f"There is no user {user_id}.")
            await people.delete_user(connection, user_id)
            await self._keep_an_admin(connection)
            await self._record(connection, actor, "user.delete", user)
        self._owners.clear()

    async def create_token(self, new: ApiTokenCreate, *, owner: User) -> ApiToken:
        """Make a personal token; its value is in this answer and nowhere else."""
        token = PERSONAL_PREFIX + secrets.token_urlsafe(32)
        async with self._context.database.transaction() as connection:
            made = await people.insert_token(
                connection, owner.id, name=new.name, token_hash=hashed(token), expires_at=new.expires_at
            )
        return made.model_copy(update={"token": token})

    async def list_tokens(self, *, owner: User) -> list[ApiToken]:
        """Return a person's own tokens."""
        async with self._context.database.transaction() as connection:
            return await people.list_tokens(connection, owner.id)

    async def delete_token(self, token_id: int, *, owner: User) -> None:
        """Remove one of a person's own tokens."""
        async with self._context.database.transaction() as connection:
            if not await people.delete_token(connection, owner.id, token_id):
                raise NotFoundError(f"You have no token {token_id}.")
        self._owners.clear()

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _new_pair(self, user: User, *, family: str) -> TokenPair:
        refresh_token = secrets.token_urlsafe(32)
        settings = self._context.settings
        async with self._context.database.transaction() as connection:
            await people.insert_refresh(
                connection,
                user.id,
                token_hash=hashed(refresh_token),
                family=family,
                lifetime=settings.refresh_token_lifetime,
            )
        kid, secret = next(iter(self._keys.items()))
        now = int(time.time())
        claims = {
            "sub": str(user.id),
            "name": user.username,
            "role": user.role,
            "since": user.created_at.isoformat(),
            "iat": now,
            "exp": now + settings.access_token_seconds,
        }
        access_token = jwt.encode(claims, secret, algorithm=ALGORITHM, headers={"kid": kid})
        return TokenPair(
            access_token=access_token,
            refresh_token=refresh_token,
            expires_in=settings.access_token_seconds,
        )

    @staticmethod
    async def _keep_an_admin(connection: AsyncConnection) -> None:
        if await people.count_admins(connection) == 0:
            raise ConflictError("This is the last administrator; make another one first.")

    @staticmethod
    async def _record(connection: AsyncConnection, actor: User, action: str, user: User) -> None:
        await audit.record(
            connection,
            actor=actor.username,
            action=action,
            object_type="user",
            object_id=user.id,
            object_name=user.username,
        )
