"""Grants of permissions in folders: the module that reads rows of `grants`."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.accounts.announcements import announce
from backend.accounts.identities import Identities
from backend.accounts.users import find_user
from backend.context import Actor, ServiceContext
from backend.database.folder_conditions import FolderStatement
from shared.access import Access
from shared.enums import Permission
from shared.errors import NotFoundError, ValidationFailedError
from shared.models.grant import Grant, GrantFields

_COLUMNS = "g.id, u.username, g.group_name, g.folder, g.permission, g.created_by, g.created_at"

# From the index grants_folder, or a table of few rows.
LIST = FolderStatement(
    f"""
    select {_COLUMNS} from grants g left join users u on u.id = g.user_id
    where granted(g.folder) and (cast(:username as text) is null or u.username = :username)
        and (cast(:group as text) is null or g.group_name = :group)
    order by g.folder, u.username, g.group_name
    """,  # noqa: S608
    needed=Permission.ADMIN,
)

# By the primary key.
GET = text(f"select {_COLUMNS}, g.user_id from grants g left join users u on u.id = g.user_id where g.id = :id")  # noqa: S608
DELETE = text("delete from grants where id = :id")


def _put(subject: str) -> str:
    """Return the statement that adds a grant or replaces its permission, by the unique index of its subject."""
    return f"""
    insert into grants ({subject}, folder, permission, created_by)
    values (:subject, :folder, :permission, :created_by)
    on conflict ({subject}, folder) where {subject} is not null do update set permission = excluded.permission,
        created_by = excluded.created_by, created_at = now()
    returning id
    """  # noqa: S608


PUT_OF_USER, PUT_OF_GROUP = text(_put("user_id")), text(_put("group_name"))

# From the index users_groups.
MEMBERS = text("select id from users where groups @> array[cast(:group as text)]")


async def list_grants(
    context: ServiceContext, *, access: Access, user: str | None = None, group: str | None = None
) -> list[Grant]:
    """Return the grants in the folders that a user administers, by folder; those of one user or group, if given."""
    async with context.database.transaction() as connection:
        rows = await connection.execute(LIST.within(access), {"username": user, "group": group})
        return [_grant(row) for row in rows]


async def put_grant(context: ServiceContext, identities: Identities, fields: GrantFields, *, actor: Actor) -> Grant:
    """Grant a permission, instead of another one in the same folder; it counts at once on every replica.

    Raises `ForbiddenError` unless the actor administers the folder, and `ValidationFailedError` for an unknown user.
    """
    actor.access.require(fields.folder, Permission.ADMIN)
    values = {"folder": fields.folder, "permission": fields.permission, "created_by": actor.name}
    async with context.database.transaction() as connection:
        if fields.user is not None:
            found = await find_user(connection, fields.user)
            if found is None:
                raise ValidationFailedError.of("user", f"{fields.user!r} does not exist; create the user first")
            put = await connection.execute(PUT_OF_USER, {**values, "subject": found.user.id})
            changed = [found.user.id]
        else:
            put = await connection.execute(PUT_OF_GROUP, {**values, "subject": fields.group})
            changed = await _members(connection, fields.group)
        grant = _grant((await connection.execute(GET, {"id": put.scalar_one()})).one())
        await _record(connection, actor, "grant.add", grant)
        await _announce(connection, changed)
    _forget(identities, changed)
    return grant


async def remove_grant(context: ServiceContext, identities: Identities, grant_id: int, *, actor: Actor) -> None:
    """Remove a grant, which counts at once; raises `NotFoundError`, also where the actor does not administer it."""
    async with context.database.transaction() as connection:
        row = (await connection.execute(GET, {"id": grant_id})).one_or_none()
        if row is None or not actor.access.permits(row.folder, Permission.ADMIN):
            raise NotFoundError(f"Grant {grant_id} does not exist in a folder that you administer.")
        changed = [row.user_id] if row.user_id is not None else await _members(connection, row.group_name)
        await connection.execute(DELETE, {"id": grant_id})
        await _record(connection, actor, "grant.remove", _grant(row))
        await _announce(connection, changed)
    _forget(identities, changed)


async def _members(connection: AsyncConnection, group: str | None) -> list[int]:
    """Return the ids of the users who belong to a group."""
    return list((await connection.execute(MEMBERS, {"group": group})).scalars())


async def _announce(connection: AsyncConnection, user_ids: Sequence[int]) -> None:
    for user_id in user_ids:
        await announce(connection, user_id)


def _forget(identities: Identities, user_ids: Sequence[int]) -> None:
    for user_id in user_ids:
        identities.cache.forget(user_id)


def _grant(row: Row[Any]) -> Grant:
    return Grant(
        id=row.id,
        user=row.username,
        group=row.group_name,
        folder=row.folder,
        permission=Permission(row.permission),
        created_by=row.created_by,
        created_at=row.created_at,
    )


async def _record(connection: AsyncConnection, actor: Actor, action: str, grant: Grant) -> None:
    await audit.record(
        connection,
        actor=actor,
        action=action,
        object_type="grant",
        object_id=grant.id,
        object_name=grant.user or grant.group,
        detail={
            "subject": "user" if grant.user is not None else "group",
            "folder": grant.folder,
            "permission": grant.permission,
        },
    )
