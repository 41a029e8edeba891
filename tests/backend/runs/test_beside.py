"""What ran on the worker of a run while it did, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from backend.context import ServiceContext
from backend.runs.beside import BESIDE, runs_beside
from shared.access import GrantedFolder, access_of
from shared.enums import Permission, Role, RunStatus
from shared.errors import NotFoundError
from tests.backend.runs.stored_runs import store_run, store_task
from tests.system import System

EVERYTHING = access_of(Role.ADMIN, [])
BEGAN = datetime(2026, 11, 1, 12, tzinfo=UTC)


def at(minute: float) -> datetime:
    return BEGAN + timedelta(minutes=minute)


async def ran(context: ServiceContext, task_id: int, begin: float, end: float | None, *, worker: str = "w") -> int:
    """Store a run that ran from one minute to another, or runs still."""
    status = RunStatus.RUNNING if end is None else RunStatus.SUCCEEDED
    ended = {} if end is None else {"completed_at": at(end)}
    return await store_run(context, task_id, status, worker_id=worker, attempt=1, started_at=at(begin), **ended)


async def test_what_ran_at_the_same_time_is_listed(context: ServiceContext) -> None:
    task = await store_task(context)
    run = await ran(context, task, 10, 20)
    around = await ran(context, task, 5, 30)
    begun_before = await ran(context, task, 1, 11)
    begun_within = await ran(context, task, 19, 40)
    still = await ran(context, task, 15, None)
    for begin, end, worker in ((1, 9, "w"), (20, 22, "w"), (21, None, "w"), (10, 20, "other")):
        await ran(context, task, begin, end, worker=worker)

    found = [one.id for one in await runs_beside(context, run, limit=10, access=EVERYTHING)]

    assert found == [begun_within, still, around, begun_before]
    assert [one.id for one in await runs_beside(context, run, limit=2, access=EVERYTHING)] == found[:2]


async def test_beside_a_run_that_goes_on_is_what_runs_now(context: ServiceContext) -> None:
    task = await store_task(context)
    run, other = await ran(context, task, 10, None), await ran(context, task, 12, None)
    assert [one.id for one in await runs_beside(context, run, limit=10, access=EVERYTHING)] == [other]


async def test_a_run_that_has_not_started_has_none(context: ServiceContext) -> None:
    task = await store_task(context)
    await ran(context, task, 1, None)
    run = await store_run(context, task)
    assert await runs_beside(context, run, limit=10, access=EVERYTHING) == []
    with pytest.raises(NotFoundError):
        await runs_beside(context, run + 1, limit=10, access=EVERYTHING)


async def test_the_client_lists_them(system: System) -> None:
    context = system.backend.context
    task = await store_task(context)
    run, other = await ran(context, task, 10, 20), await ran(context, task, 12, 22)
    assert [one.id for one in await system.client.runs_beside(run)] == [other]


async def test_what_may_not_be_read_is_left_out(context: ServiceContext) -> None:
    mine = await store_task(context, "mine", folder="finance")
    theirs = await store_task(context, "theirs", folder="ops")
    run, beside = await ran(context, mine, 1, 5), await ran(context, mine, 2, 6)
    hidden = await ran(context, theirs, 2, 6)
    anna = access_of(Role.MEMBER, [GrantedFolder("finance", Permission.READ)])
    assert [one.id for one in await runs_beside(context, run, limit=10, access=anna)] == [beside]
    with pytest.raises(NotFoundError):
        await runs_beside(context, hidden, limit=10, access=anna)


async def test_it_reads_no_whole_table(context: ServiceContext) -> None:
    values = {"id": 1, "worker_id": "w", "since": at(0), "until": at(1), "limit": 50}
    async with context.database.transaction() as connection:
        await connection.execute(text("set local enable_seqscan = off"))
        statement = BESIDE.within(EVERYTHING)
        plan = "\n".join(line for (line,) in await connection.execute(text(f"explain {statement.text}"), values))
    assert "runs_completed" in plan, plan
    assert "runs_in_flight" in plan, plan
    assert "Seq Scan on runs" not in plan, plan
