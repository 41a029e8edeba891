"""A clock of the database that tests turn: a `now()` that precedes PostgreSQL's own in the search path."""

from sqlalchemy import text

from backend.app import open_database
from backend.events.wakes import WakeReason
from backend.settings import Settings
from tests.system import System

CLOCK = (
    "create schema turned",
    "create table turned.clock as select interval '0' as shift",
    "create function turned.now() returns timestamptz language sql stable as "
    "'select pg_catalog.now() + shift from turned.clock'",
)


async def install_clock(url: str) -> None:
    """Give a database the clock; connections that are open already do not use it."""
    settings = Settings(database_url=url, broker_url=None)
    async with open_database(settings, url) as database, database.transaction() as connection:
        for statement in CLOCK:
            await connection.execute(text(statement))
        name = (await connection.execute(text("select current_database()"))).scalar_one()
        await connection.execute(text(f'alter database "{name}" set search_path = turned, public, pg_catalog'))


async def turn(system: System, hours: float) -> None:
    """Set the clock to this many hours from the true time, and wake the scheduler."""
    async with system.backend.context.database.transaction() as connection:
        await connection.execute(text("update turned.clock set shift = make_interval(mins => :m)"), {"m": hours * 60})
    system.backend.context.signals.wake(WakeReason.SCHEDULES_CHANGED)
