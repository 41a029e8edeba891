"""Two dispatchers compete for the lead and lose it several times: each occurrence runs once."""

import asyncio
from contextlib import ExitStack
from typing import Any

from sqlalchemy import Row, text

from backend.app import Backend, open_backend, open_database
from backend.dispatcher.schedule_loop import SchedulePass
from shared.enums import BackendRole
from tests.system import System

ONE_DATABASE_EACH = True

TASKS = 60
TURNS = 4

# Ends the session that holds the lock, as a broken connection would.
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


async def until_one_fires(*backends: Backend) -> None:
    """Return when one of the replicas leads and has created runs."""
    with ExitStack() as stack:
        watches = [stack.enter_context(backend.context.passes.watch(SchedulePass)) for backend in backends]
        waiting = [asyncio.create_task(watch.next(lambda result: result.changed > 0)) for watch in watches]
        done, others = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in others:
            task.cancel()
        for task in done:
            task.result()


async def test_each_occurrence_runs_once_while_the_lead_changes(system: System) -> None:
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

            async def occurrences() -> Row[Any]:
                async with database.transaction() as connection:
                    return (await connection.execute(OCCURRENCES)).one()

            for _ in range(TURNS):
                await until_one_fires(system.backend, rival)
                async with database.transaction() as connection:
                    await connection.execute(END_LEADER)
            await system.until_events(occurrences, lambda row: row.runs >= TASKS * 2 and row.tasks == TASKS)
            for task in (await system.client.list_tasks(limit=500)).data:
                await system.client.pause_task(task.id)
            row = await system.until_events(occurrences, lambda row: row.runs == row.succeeded)
            assert row.runs == row.occurrences
