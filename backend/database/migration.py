"""Migrates the schema to the revision that this version needs."""

import importlib.resources
import re
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.connection import Database

if TYPE_CHECKING:
    from alembic.config import Config

_REVISION_FILE = re.compile(r"r(\d{4})_\w+\.py")


@cache
def newest_revision() -> str:
    """Return the revision that this version of the code needs.

    It is read from the names of the migration files, which is faster than importing alembic and every migration.
    """
    names = (entry.name for entry in (importlib.resources.files("migrations") / "versions").iterdir())
    return max(match[1] for match in map(_REVISION_FILE.fullmatch, names) if match)


async def current_revision(database: Database) -> str | None:
    """Return the revision of the database, or None if it has no schema."""
    async with database.transaction() as connection:
        return await _revision_of(connection)


async def upgrade(database: Database, *, to: str = "head") -> None:
    """Migrate forward in one transaction; a second process waits for the first."""
    if to == "head" and await current_revision(database) == newest_revision():
        return

    def run(connection: Connection) -> None:
        from alembic import command

        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, to)

    async with database.transaction() as connection:
        await connection.run_sync(run)


async def _revision_of(connection: AsyncConnection) -> str | None:
    if await connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    revision: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    folder = importlib.resources.files("migrations")
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config
