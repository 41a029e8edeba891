"""Secrets of the backend: set, listed without their values, deleted."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import Actor, ServiceContext
from backend.database.folder_conditions import FolderStatement
from backend.encryption.stored_values import NO_KEY
from backend.secret_store.nearest import folders_above
from backend.secret_store.rows import COLUMNS, full_name, parameters, place, shown
from shared.access import Access
from shared.enums import Permission
from shared.errors import ConflictError, NotFoundError
from shared.models.secret import Secret, SecretFields

MOST_SECRETS = 10_000

# By the primary key, as all statements with a name and a folder.
VERSION = text("select version from secrets where name = :name and folder = :folder for update")
# Of two first values at once, the second one waits for the first, and is then not stored: it was sealed as the first.
STORE = text(
    f"""
    insert into secrets (name, folder, version, key_id, nonce, ciphertext, created_by, updated_by)
    values (:name, :folder, :version, :key_id, :nonce, :ciphertext, :by, :by)
    on conflict (name, folder) do update set version = excluded.version, key_id = excluded.key_id,
        nonce = excluded.nonce, ciphertext = excluded.ciphertext, updated_at = now(), updated_by = excluded.updated_by
    where secrets.version = excluded.version - 1
    returning {COLUMNS}
    """  # noqa: S608
)
LIST = FolderStatement(
    f"""
    select {COLUMNS} from secrets s where granted(s.folder) or s.folder = any(cast(:above as text[]))
    order by name, folder limit {MOST_SECRETS}
    """,  # noqa: S608
    needed=Permission.EDIT,
)
COUNT = text("select count(*) from secrets")
DELETE = text("delete from secrets where name = :name and folder = :folder")


async def put_secret(context: ServiceContext, name: str, fields: SecretFields, *, actor: Actor) -> Secret:
    """Store a value, which replaces a former one.

    Raises `ForbiddenError` unless the actor administers the folder.
    Raises `ConflictError` without a key of secrets, with too many secrets, or if another one is stored at once.
    """
    actor.access.require(fields.folder, Permission.ADMIN)
    values = context.stored_values
    where = {"name": name, "folder": fields.folder}
    async with context.database.transaction() as connection:
        key_id = await values.start(connection)
        if key_id is None:
            raise ConflictError(NO_KEY)
        version: int | None = (await connection.execute(VERSION, where)).scalar_one_or_none()
        if version is None:
            await _require_room(connection)
        version = (version or 0) + 1
        bound_to = place(name, fields.folder, version)
        sealed = values.ring.seal(fields.value.get_secret_value(), key_id=key_id, bound_to=bound_to)
        given = {**where, "version": version, "by": actor.name, **parameters(sealed)}
        row = (await connection.execute(STORE, given)).one_or_none()
        if row is None:
            raise ConflictError(
                f"The secret {full_name(name, fields.folder)} was set by another request. Set it again."
            )
        await _record(connection, actor, "secret.set", name, fields.folder)
    return shown(row, values.ring)


async def list_secrets(context: ServiceContext, *, access: Access) -> list[Secret]:
    """Return the secrets that tasks can use which the user may edit, without their values, by name and folder."""
    above = {above for folder in access.top_folders(Permission.EDIT) or () for above in folders_above(folder)}
    async with context.database.statements() as connection:
        rows = await connection.execute(LIST.within(access), {"above": sorted(above)})
        return [shown(row, context.stored_values.ring) for row in rows]


async def delete_secret(context: ServiceContext, name: str, folder: str, *, actor: Actor) -> None:
    """Delete a secret; raises `NotFoundError`, and `ForbiddenError` unless the actor administers the folder."""
    actor.access.require(folder, Permission.ADMIN)
    async with context.database.transaction() as connection:
        if not (await connection.execute(DELETE, {"name": name, "folder": folder})).rowcount:
            raise NotFoundError(f"The secret {full_name(name, folder)} does not exist. taskdeck secret list shows all.")
        await _record(connection, actor, "secret.delete", name, folder)


async def _require_room(connection: AsyncConnection) -> None:
    if (await connection.execute(COUNT)).scalar_one() >= MOST_SECRETS:
        raise ConflictError(f"There are {MOST_SECRETS:,} secrets, which is the limit. Delete those that nobody uses.")


async def _record(connection: AsyncConnection, actor: Actor, action: str, name: str, folder: str) -> None:
    await audit.record(
        connection,
        actor=actor,
        action=action,
        object_type="secret",
        object_id=name,
        object_name=full_name(name, folder)[:255],
        detail={"folder": folder},
    )
