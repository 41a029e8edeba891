"""Heartbeats that arrive together, or while their worker is found lost."""

import asyncio
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from backend.broker.messages import Heartbeat, WorkerState
from backend.context import ServiceContext
from backend.database.connection import Database
from backend.events.wakes import WakeReason
from backend.workers import registry
from backend.workers.heartbeats import HeartbeatIntake, newest_heartbeats
from backend.workers.online import read_online_workers
from shared.enums import WorkerStatus
from shared.models.worker import WorkerRules

RULES = WorkerRules(executors=["shell"], run_as="root", users=["nobody"])
WAITS_FOR_LOCK = text(
    "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')"
)


def beat(sequence: int, *, rules: WorkerRules | None = None, refused: int = 0, incarnation: str = "1") -> Heartbeat:
    return Heartbeat(
        worker_id="w1", incarnation=incarnation, sequence=sequence, state=WorkerState.ONLINE, hostname="far",
        version="0", task_types=["*"], labels={}, slots=1, held=[], active_count=0, uptime_seconds=1.0, rules=rules,
        refused_commands=refused,
    )  # fmt: skip


async def test_the_rules_of_a_worker_are_known_however_many_heartbeats_are_read_at_once(
    context: ServiceContext,
) -> None:
    first = [beat(number, rules=RULES) for number in (1, 2, 3)]
    await HeartbeatIntake(context).handle([*first, beat(4), beat(5)])
    async with context.database.statements() as connection:
        (worker,) = await read_online_workers(connection)
    assert worker.users == {"root", "nobody"}
    assert worker.permits("shell")
    assert not worker.permits("http")


@given(st.permutations([beat(1, rules=RULES, refused=2), beat(2, refused=1), beat(3)]))
def test_of_heartbeats_in_any_order_the_newest_counts(beats: list[Heartbeat]) -> None:
    assert newest_heartbeats(beats) == {"w1": beat(3, rules=RULES, refused=3)}


def test_rules_of_an_earlier_process_are_not_those_of_a_later_one() -> None:
    later = beat(1, incarnation="2")
    assert newest_heartbeats([beat(7, rules=RULES), later]) == {"w1": later}


def test_workers_are_told_apart() -> None:
    other = replace(beat(1, rules=RULES), worker_id="w2")
    assert newest_heartbeats([other, beat(2)]) == {"w1": beat(2), "w2": other}


async def test_a_worker_that_is_found_lost_while_its_heartbeat_is_stored_wakes_the_dispatcher(
    context: ServiceContext,
) -> None:
    intake = HeartbeatIntake(context)
    await intake.handle([beat(1)])
    await context.signals.for_leader.wait()
    async with context.database.transaction() as connection:
        assert await registry.set_status(connection, "w1", WorkerStatus.LOST) is not None
        async with asyncio.TaskGroup() as group:
            group.create_task(intake.handle([beat(2)]))
            await until_somebody_waits(context.database)
            await connection.commit()
    async with context.database.statements() as connection:
        assert [worker.id for worker in await read_online_workers(connection)] == ["w1"]
    woken = await context.signals.for_leader.wait(timeout_seconds=0)
    assert woken.has(WakeReason.WORKERS_CHANGED)
    assert woken.has(WakeReason.RUNS_READY)


async def until_somebody_waits(database: Database) -> None:
    async with asyncio.timeout(20), database.statements() as connection:
        while not (await connection.execute(WAITS_FOR_LOCK)).scalar_one():
            pass
