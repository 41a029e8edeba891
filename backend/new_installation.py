"""The schema of a database, with what an installation begins with."""

from backend.alerts.default_rule import add_default_rule
from backend.database import migration
from backend.database.connection import Database


async def prepare_database(database: Database) -> None:
    """Migrate the schema to the revision that this version needs; give an empty database the default alert rule."""
    is_new = await migration.current_revision(database) is None
    await migration.upgrade(database)
    if is_new:
        async with database.transaction() as connection:
            await add_default_rule(connection)
