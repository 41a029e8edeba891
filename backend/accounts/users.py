"""Users: the module that reads rows of `users`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.accounts import sessions
from backend.accounts.announcements import announce
from backend.accounts.identities import Identities
from backend.accounts.passwords import hash_password
from backend.context import Actor, ServiceContext
from backend.database.schema import API_TOKENS, USERS
from shared.enums import Role
from shared.errors import ConflictError, FieldError, NotFoundError
from shared.models.auth import User, UserCreate, UserPatch

# Conflicts with itself and with every change of a user; reading goes on.
LOCK_ADMINISTRATORS = text("lock table users in share row exclusive mode")

_SHOWN_IN_AUDIT = {"role", "disabled"}


@dataclass(frozen=True, slots=True)
class StoredUser:
    """A user with the hash of the password; None: the user cannot sign in with a password.

    `generation` grows with each change of role, password or state, which ends sessions and tokens.
    """

    user: User
    password_hash: str | None
    generation: int


async def list_users(context: ServiceContext) -> list[User]:
    """Return every user, by name."""
    async with context.database.transaction() as connection:
        rows = await connection.execute(select(*USERS.c).order_by(USERS.c.username))
        return [_user(row) for row in rows]


async def create_user(context: ServiceContext, new: UserCreate, *, actor: Actor) -> User:
    """Create a user; raises `ConflictError` if the name is taken."""
    password_hash = await hash_password(new.password)
    async with context.database.transaction() as connection:
        added = await insert_user(connection, new.username, password_hash=password_hash, role=new.role)
        if added is None:
            raise name_taken(new.username)
        await _record(connection, actor, "user.create", added.user)
    return added.user


async def change_user(
    context: ServiceContext, identities: Identities, user_id: int, patch: UserPatch, *, actor: Actor
) -> User:
    """Change a user, which ends their sessions and tokens at once.

    Raises `NotFoundError`, and `ConflictError` if nobody would be an administrator afterwards, or for what the user's
    provider decides.
    """
    changes = patch.model_dump(exclude_unset=True, exclude={"password"})
    if patch.password is not None:
        changes["password_hash"] = await hash_password(patch.password)
    async with context.database.transaction() as connection:
        await lock_administrators(connection)
        before = await get_user(connection, user_id)
        user = await (_update(connection, user_id, changes) if changes else get_user(connection, user_id))
        if user is None:
            raise _no_user(user_id)
        if user.single_sign_on:
            _check_is_of_taskdeck(user, patch)
        await _require_admin(connection)
        if changes:
            await _end_access(connection, user_id)
            await announce(connection, user_id)
        await record_change(connection, actor, user, changed=sorted(patch.model_fields_set), before=before)
    identities.cache.forget(user_id)
    return user


async def replace_password(connection: AsyncConnection, stored: StoredUser, password_hash: str) -> int | None:
    """Replace a password and end sessions and tokens; return the new generation, None if it was changed since."""
    statement = (
        update(USERS)
        .where(USERS.c.id == stored.user.id, USERS.c.generation == stored.generation)
        .values(password_hash=password_hash, generation=USERS.c.generation + 1)
        .returning(USERS.c.generation)
    )
    generation: int | None = (await connection.execute(statement)).scalar_one_or_none()
    if generation is not None:
        await _end_access(connection, stored.user.id)
    return generation


async def record_change(
    connection: AsyncConnection, actor: Actor, user: User, *, changed: Sequence[str], before: User | None = None
) -> None:
    """Record which fields of a user were changed, and from what where the former state is given."""
    detail: dict[str, Any] = {"changed": sorted(changed)}
    if before is not None and _SHOWN_IN_AUDIT.intersection(changed):
        was, now = (one.model_dump(mode="json", include=_SHOWN_IN_AUDIT & set(changed)) for one in (before, user))
        detail["values"] = {name: [was[name], now[name]] for name in sorted(was)}
    await _record(connection, actor, "user.update", user, detail=detail)


async def delete_user(context: ServiceContext, identities: Identities, user_id: int, *, actor: Actor) -> None:
    """Delete a user and all sessions and tokens of theirs; raises as `change_user` does."""
    async with context.database.transaction() as connection:
        await lock_administrators(connection)
        user = await get_user(connection, user_id)
        if user is None:
            raise _no_user(user_id)
        await connection.execute(delete(USERS).where(USERS.c.id == user_id))
        await _require_admin(connection)
        await announce(connection, user_id)
        await _record(connection, actor, "user.delete", user)
    identities.cache.forget(user_id)


async def change_by_provider(
    connection: AsyncConnection, stored: StoredUser, *, role: Role, groups: Sequence[str], ends_access: bool
) -> StoredUser:
    """Give a user the role and the groups that they have at their provider, and return the user.

    `ends_access` ends sessions and tokens. There may be no administrator afterwards: the provider decides.
    """
    generation = USERS.c.generation + 1 if ends_access else USERS.c.generation
    statement = (
        update(USERS)
        .where(USERS.c.id == stored.user.id)
        .values(role=role, groups=list(groups), generation=generation)
        .returning(*USERS.c)
    )
    changed = _stored((await connection.execute(statement)).one())
    if ends_access:
        await _end_access(connection, stored.user.id)
    await announce(connection, stored.user.id)
    return changed


async def lock_administrators(connection: AsyncConnection) -> None:
    """Wait until no other transaction changes who is an administrator; held until the transaction ends."""
    await connection.execute(LOCK_ADMINISTRATORS)


async def find_user(connection: AsyncConnection, username: str) -> StoredUser | None:
    """Return the user of a name, or None."""
    row = (await connection.execute(select(*USERS.c).where(USERS.c.username == username))).one_or_none()
    return _stored(row) if row else None


async def find_by_subject(connection: AsyncConnection, issuer: str, subject: str) -> StoredUser | None:
    """Return the user who is this subject of a provider, or None; by the unique index on both."""
    is_theirs = (USERS.c.issuer == issuer, USERS.c.subject == subject)
    row = (await connection.execute(select(*USERS.c).where(*is_theirs))).one_or_none()
    return _stored(row) if row else None


async def get_user(connection: AsyncConnection, user_id: int) -> User | None:
    """Return a user, or None."""
    row = (await connection.execute(select(*USERS.c).where(USERS.c.id == user_id))).one_or_none()
    return _user(row) if row else None


async def insert_user(
    connection: AsyncConnection,
    username: str,
    *,
    password_hash: str | None,
    role: Role,
    issuer: str | None = None,
    subject: str | None = None,
    groups: Sequence[str] = (),
) -> StoredUser | None:
    """Add a user; return None if the name is taken, or a user of this subject exists."""
    statement = (
        insert(USERS)
        .values(
            username=username,
            password_hash=password_hash,
            role=role,
            issuer=issuer,
            subject=subject,
            groups=list(groups),
        )
        .on_conflict_do_nothing()
        .returning(*USERS.c)
    )
    row = (await connection.execute(statement)).one_or_none()
    return _stored(row) if row else None


async def has_admin(connection: AsyncConnection) -> bool:
    """Return whether there is an administrator who can sign in."""
    query = select(func.count()).select_from(USERS).where(USERS.c.role == Role.ADMIN, ~USERS.c.disabled)
    return bool((await connection.execute(query)).scalar_one())


def name_taken(username: str) -> ConflictError:
    """Return the error for a name that another user has."""
    return ConflictError(
        f"User {username!r} exists already. Choose another name.", errors=[FieldError("username", "is taken")]
    )


def _user(row: Row[Any]) -> User:
    return User(
        id=row.id,
        username=row.username,
        role=Role(row.role),
        created_at=row.created_at,
        disabled=row.disabled,
        single_sign_on=row.subject is not None,
        groups=row.groups,
    )


def _stored(row: Row[Any]) -> StoredUser:
    return StoredUser(_user(row), row.password_hash, row.generation)


def _no_user(user_id: int) -> NotFoundError:
    return NotFoundError(f"User {user_id} does not exist.")


async def _update(connection: AsyncConnection, user_id: int, changes: dict[str, Any]) -> User | None:
    changed = {**changes, "generation": USERS.c.generation + 1}
    statement = update(USERS).where(USERS.c.id == user_id).values(changed).returning(*USERS.c)
    row = (await connection.execute(statement)).one_or_none()
    return _user(row) if row else None


def _check_is_of_taskdeck(user: User, patch: UserPatch) -> None:
    """Raise `ConflictError` for a change that does not last: the provider decides it at each sign-in."""
    if patch.password is not None:
        raise ConflictError(
            f"{user.username} signs in with single sign-on and has no password. Create another user for a sign-in with "
            "a password."
        )
    if patch.role is not None:
        raise ConflictError(
            f"The role of {user.username} comes from their groups in single sign-on. Change their groups there, or "
            "TASKDECK_OIDC_ROLES."
        )


async def _end_access(connection: AsyncConnection, user_id: int) -> None:
    """End the sessions and tokens of a user, whose generation has changed."""
    await sessions.end_all_of_user(connection, user_id)
    await connection.execute(delete(API_TOKENS).where(API_TOKENS.c.user_id == user_id))


async def _require_admin(connection: AsyncConnection) -> None:
    if not await has_admin(connection):
        raise ConflictError("This user is the last administrator. Make another user an administrator first.")


async def _record(
    connection: AsyncConnection, actor: Actor, action: str, user: User, *, detail: Mapping[str, Any] | None = None
) -> None:
    await audit.record(
        connection,
        actor=actor,
        action=action,
        object_type="user",
        object_id=user.id,
        object_name=user.username,
        detail=detail,
    )
