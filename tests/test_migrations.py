"""The migrations make exactly the schema that the code expects."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from backend.store import migration
from backend.store.database import Database
from backend.store.schema import METADATA


def is_compared(item: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
    """Indexes and foreign keys live in the migrations alone: no code builds on a description of them."""
    return kind not in ("index", "foreign_key_constraint") and name != "alembic_version"


async def test_migrations_and_schema_agree(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": is_compared})
        return list(compare_metadata(context, METADATA))

    async with database.transaction() as connection:
        assert await connection.run_sync(differences) == []
    assert await migration.current_revision(database) == migration.newest_revision()


async def test_migrating_again_changes_nothing(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(
            text("insert into users (username, password_hash, role) values ('kept', 'x', 'viewer')")
        )
    await migration.upgrade(database)
    async with database.transaction() as connection:
        found = await connection.execute(text("select count(*) from users where username = 'kept'"))
        assert found.scalar_one() == 1
