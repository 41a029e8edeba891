"""Bringing the schema up to this version's."""

import importlib.resources

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from backend.store.database import Database


def _config() -> Config:
    config = Config()
    folder = importlib.resources.files("migrations")
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config


def newest_revision() -> str:
    """Return the revision that this version of the code needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


async def current_revision(database: Database) -> str | None:
    """Return the revision of the database, or None where it has no schema."""

    def read(connection: Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    async with database.transaction() as connection:
        return await connection.run_sync(read)


async def upgrade(database: Database, *, to: str = "head") -> None:
    """Migrate forward, in one transaction a revision; a second caller waits for the first."""

    def run(connection: Connection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, to)

    async with database.transaction() as connection:
        await connection.run_sync(run)
