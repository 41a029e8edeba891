"""Two dispatchers race for the lead while it is taken from them again and again: each occurrence runs once."""

import asyncio

from sqlalchemy import text

from backend.app import Backend, open_backend, open_database
from shared.enums import BackendRole
from tests.system import System

ONE_DATABASE_EACH = True

TASKS = 60
TURNS = 4

# What holds the dispatcher's lock is ended, as a cut connection would be.
END_LEADER = text(
    """
    select pg_terminate_backend(pid) from pg_locks
    where locktype = 'advisory' and granted and ((classid::bigint << 32) | objid::bigint) = 7305811401
        and database = (select oid from pg_database where datname = current_database())
    """
)

OCCURRENCES = text(
    """
    select count(*) as runs, count(distinct (task_id, scheduled_for)) as occurrences,
        count(*) filter (where status = 'succeeded') as succeeded, count(distinct task_id) as tasks
    from runs where trigger = 'schedule'
    """
)


async def test_each_occurrence_runs_once_whoever_leads(system: System) -> None:
    await system.add_worker(slots=16)
    roles = frozenset({BackendRole.DISPATCHER, BackendRole.API})
    assert system.settings.database_url is not None
    async with open_database(system.settings, system.settings.database_url) as database:
        rival = Backend(system.settings, database, system.broker, roles=roles)
        async with open_backend(rival, host="127.0.0.1", port=0, is_local=True):
            for number in range(TASKS):
                await system.create(
                    f"often {number}", executor="noop", command="", schedule="every 1s", overlap_policy="allow"
                )
            leaders = set()
            for _ in range(TURNS):
                await asyncio.wait(
                    [asyncio.create_task(backend.dispatcher.elected.wait()) for backend in (system.backend, rival)],
                    return_when=asyncio.FIRST_COMPLETED,
                    timeout=10,
                )
                leaders.add(system.backend.dispatcher.elected.is_set())
                await asyncio.sleep(0.7)  # it leads for a while: some occurrences fall due
                async with database.transaction() as connection:
                    await connection.execute(END_LEADER)
            for task in (await system.client.list_tasks(limit=500)).data:
                await system.client.pause_task(task.id)
            async with asyncio.timeout(30):
                while True:
                    async with database.transaction() as connection:
                        row = (await connection.execute(OCCURRENCES)).one()
                    if row.runs == row.succeeded:
                        break
                    await asyncio.sleep(0.1)
            assert row.runs == row.occurrences
            assert row.tasks == TASKS
            assert row.runs >= TASKS * 2
