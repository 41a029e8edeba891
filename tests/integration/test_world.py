"""A state machine on PostgreSQL: tasks, limits, concurrency groups and workers, compared with a small model."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from backend.broker.messages import AttemptEnd, AttemptResult, AttemptStarted, Ending
from backend.database.connection import Database
from backend.runs import claim as dispatch_queue
from backend.runs import release as gate
from backend.runs.cancel import cancel_runs
from backend.runs.create import NewRun, insert_runs
from backend.runs.finish import finish
from backend.runs.limits import decide_release, hold_at_birth
from backend.runs.start import start
from backend.workers.assignment import Choice
from shared.enums import Priority, RunStatus, RunTrigger
from tests.conftest import Databases

AGING = timedelta(minutes=10)
GROUP = "shared"
GROUP_LIMIT = 3
LIMITS = {1: None, 2: 1, 3: 2}
"""Three tasks: without a limit, one at a time, two at a time; the last two are in the group as well."""

SET_UP = f"""
    insert into concurrency_groups (name, max_concurrency) values ('{GROUP}', {GROUP_LIMIT});
    insert into tasks (id, name, folder, executor, task_type, command, arguments, environment, timezone, jitter_seconds,
        misfire_policy, overlap_policy, priority, status, retry_count, retry_delay_seconds, retry_backoff,
        retry_max_delay_seconds, timeout_seconds, on_worker_lost, worker_labels, labels, version, max_concurrency,
        concurrency_group, created_at, updated_at)
    overriding system value
    select n, 'task ' || n, '', 'noop', 'noop', '', '[]', '{{}}', 'UTC', 0, 'skip', 'allow', 1, 'active', n - 1, 0,
        'fixed', 0, 60, 'retry', '{{}}', '{{}}', 1, case n when 2 then 1 when 3 then 2 end,
        case when n > 1 then '{GROUP}' end,
        now(), now()
    from generate_series(1, 3) n;
    insert into task_versions (task_id, version, definition, changed_by, changed_at)
    select id, 1, jsonb_build_object('retry_count', retry_count, 'retry_delay_seconds', 0,
        'retry_max_delay_seconds', 0, 'retry_backoff', 'fixed', 'on_worker_lost', 'retry'), 'test', now() from tasks;
"""

WORKERS = st.sampled_from(["w1", "w2"])


@dataclass
class Known:
    """A run in the model."""

    task: int
    status: RunStatus = RunStatus.PENDING
    attempt: int = 0
    worker: str = ""
    failures: int = 0
    asked_to_end: bool = False


class World(RuleBasedStateMachine):
    """Each rule makes one change by the verbs of the product, and the same change in the model."""

    database: Database
    loop: asyncio.AbstractEventLoop

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[int, Known] = {}

    def do(self, work: Any) -> Any:
        async def transact() -> Any:
            async with self.database.transaction() as connection:
                return await work(connection)

        return self.loop.run_until_complete(transact())

    @initialize()
    def empty(self) -> None:
        async def work(connection: Any) -> None:
            for table in ("runs", "outcomes_to_examine", "failing_tasks"):
                await connection.execute(text(f"truncate {table} cascade"))

        self.do(work)

    @rule(task=st.sampled_from(sorted(LIMITS)), priority=st.sampled_from(Priority))
    def trigger(self, task: int, priority: Priority) -> None:
        group = GROUP if task > 1 else None
        new = NewRun(
            task_id=task,
            task_version=1,
            trigger=RunTrigger.API,
            priority=priority,
            placement="noop",
            concurrency_group=group,
            hold=hold_at_birth(max_concurrency=LIMITS[task], concurrency_group=group, is_expanded=False, ignores=False),
        )
        rows = self.do(lambda connection: insert_runs(connection, [new], aging=AGING))
        self.known[rows[0].run.id] = Known(task)

    @rule()
    def gatekeep(self) -> None:
        async def work(connection: Any) -> None:
            await gate.end_delays(connection)
            found = await gate.gated(connection, sorted(LIMITS))
            if found is not None:
                released = decide_release(
                    found.held,
                    tasks=found.tasks,
                    concurrency_groups=found.concurrency_groups,
                    backfills=found.backfills,
                )
                if released:
                    await gate.release(connection, released)

        self.do(work)

    @rule(count=st.integers(1, 4), worker=WORKERS)
    def assign(self, count: int, worker: str) -> None:
        async def work(connection: Any) -> list[int]:
            ready = await dispatch_queue.ready_runs(connection, {"noop": count})
            claimed = await dispatch_queue.claim(connection, [Choice(run.id, worker) for run in ready])
            return [one.run.id for one in claimed]

        for run_id in self.do(work):
            run = self.known[run_id]
            assert run.status is RunStatus.PENDING
            run.status, run.attempt, run.worker = RunStatus.DISPATCHED, run.attempt + 1, worker

    @precondition(lambda self: self.known)
    @rule(data=st.data(), stale=st.booleans(), worker=WORKERS)
    def start(self, data: st.DataObject, stale: bool, worker: str) -> None:
        run_id = data.draw(st.sampled_from(sorted(self.known)))
        run = self.known[run_id]
        attempt = run.attempt - stale
        started = AttemptStarted(run_id=run_id, attempt=attempt, ago_ms=0, worker_id=worker)
        self.do(lambda connection: start(connection, [started]))
        if run.status is RunStatus.DISPATCHED and attempt == run.attempt and worker == run.worker:
            run.status = RunStatus.RUNNING

    @precondition(lambda self: self.known)
    @rule(data=st.data(), ending=st.sampled_from(Ending), stale=st.booleans(), twice=st.booleans(), worker=WORKERS)
    def end(self, data: st.DataObject, ending: Ending, stale: bool, twice: bool, worker: str) -> None:
        run_id = data.draw(st.sampled_from(sorted(self.known)))
        run = self.known[run_id]
        end = AttemptEnd(
            run_id=run_id, attempt=run.attempt - stale, result=AttemptResult(ending=ending), worker_id=worker
        )
        self.do(lambda connection: finish(connection, [end] * (1 + twice), replica_id="test", max_lost_attempts=1000))
        if stale or worker != run.worker or run.status not in (RunStatus.DISPATCHED, RunStatus.RUNNING):
            return
        failed = ending in (Ending.FAILED, Ending.TIMED_OUT)
        run.failures += failed
        again = ending in (Ending.LOST, Ending.REJECTED) or (failed and run.failures <= run.task - 1)
        if run.asked_to_end and ending is not Ending.SUCCEEDED:
            again = False
        if again:
            run.status = RunStatus.PENDING
        elif ending in (Ending.LOST, Ending.REJECTED):
            run.status = RunStatus.CANCELLED
        else:
            run.status = RunStatus(ending.value)

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        run_id = data.draw(st.sampled_from(sorted(self.known)))

        async def work(connection: Any) -> None:
            await cancel_runs(connection, [run_id], reason="test")

        self.do(work)
        run = self.known[run_id]
        if run.status is RunStatus.PENDING:
            run.status = RunStatus.CANCELLED
        elif run.status in (RunStatus.DISPATCHED, RunStatus.RUNNING):
            run.asked_to_end = True

    @invariant()
    def database_and_model_agree(self) -> None:
        rows = self.do(
            lambda connection: connection.execute(text("select id, status, attempt, hold, task_id from runs"))
        ).all()
        assert {row.id: (row.status, row.attempt) for row in rows} == {
            run_id: (run.status, run.attempt) for run_id, run in self.known.items()
        }
        for task, limit in LIMITS.items():
            busy = sum(row.task_id == task and row.status in ("dispatched", "running") for row in rows)
            assert limit is None or busy <= limit
        shared = sum(row.task_id > 1 and row.status in ("dispatched", "running") for row in rows)
        assert shared <= GROUP_LIMIT
        assert all(row.hold is None for row in rows if row.status != "pending")


@pytest.mark.parametrize("steps", [40])
def test_the_database_agrees_with_the_model(databases: Databases, steps: int) -> None:
    loop = asyncio.new_event_loop()
    url = loop.run_until_complete(databases.create())
    database = Database(url, pool_size=2, application_name="test")

    class HereAndNow(World):
        pass

    HereAndNow.database, HereAndNow.loop = database, loop

    async def set_up() -> None:
        async with database.transaction() as connection:
            for statement in SET_UP.split(";"):
                if statement.strip():
                    await connection.execute(text(statement.replace(":", "\\:")))

    try:
        loop.run_until_complete(set_up())
        run_state_machine_as_test(
            HereAndNow,
            settings=settings(
                max_examples=30, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )
    finally:
        loop.run_until_complete(database.close())
        loop.run_until_complete(databases.drop(url))
        loop.close()
