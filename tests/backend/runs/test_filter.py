"""The SQL of a filter and `RunFilter.matches` select the same runs.

Every field is drawn. Left out are words for runs of deleted tasks and for test runs, whose tasks the database does not
search by name, and letters outside ASCII, whose case the database folds by its locale.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.context import ServiceContext
from backend.runs.filter import where
from backend.runs.listing import SUMMARIES
from backend.runs.model import read_run, to_run
from shared.access import FULL_ACCESS
from shared.enums import RunStatus, RunTrigger
from shared.models.run import Run
from shared.models.run_filter import RunFilter
from tests.backend.runs.stored_runs import store_run, store_task

EPOCH = datetime(2026, 11, 29, tzinfo=UTC)
NAMES = ("Nightly report", "report 50%_done", "import")
RUNS = 45
STARTED = [status for status in RunStatus if status not in (RunStatus.BLOCKED, RunStatus.PENDING, RunStatus.SKIPPED)]


def hour(number: int) -> datetime:
    return EPOCH + timedelta(hours=number)


@pytest.fixture
async def connection(context: ServiceContext) -> AsyncIterator[AsyncConnection]:
    """Runs of every status and trigger, queued, started and ended within a day."""
    tasks = [await store_task(context, name) for name in NAMES]
    triggers = cycle(trigger for trigger in RunTrigger if trigger is not RunTrigger.SCHEDULE)
    for number, status in enumerate(islice(cycle(RunStatus), RUNS)):
        queued = number * 5 % 13
        times: dict[str, object] = {"queued_at": hour(queued)}
        if status in STARTED and number % 4:
            times["started_at"] = hour(queued + number % 3)
        if status.is_final:
            times["completed_at"] = hour(queued + number % 3 + number % 2)
        await store_run(
            context,
            tasks[number * 7 % len(tasks)],
            status,
            **times,
            worker_id=(None, "w1", "w2")[number // 9 % 3],
            trigger=next(triggers),
            fan_out_run_id=number // 3 if number % 3 == 0 and number > 2 else None,
            backfill_id=(None, None, 1, 2)[number % 4],
        )
    async with context.database.transaction() as opened:
        yield opened


HOURS = st.none() | st.integers(-1, 17).map(hour)
WORDS = st.sampled_from(["", "REPORT", "50%", "%_", "_", "ort ", "import", "7", "#12", " 3", "\\", "nothing"])
FILTERS = st.builds(
    RunFilter,
    task_id=st.none() | st.integers(1, 4),
    statuses=st.frozensets(st.sampled_from(RunStatus)),
    worker_id=st.sampled_from([None, "w1", "w2", "w3"]),
    trigger=st.none() | st.sampled_from(RunTrigger),
    since=HOURS,
    until=HOURS,
    fan_out_run_id=st.none() | st.integers(1, 14),
    backfill_id=st.none() | st.integers(1, 3),
    text=WORDS,
    ended_since=HOURS,
    ended_until=HOURS,
    waiting_since=HOURS,
    waiting_until=HOURS,
)
ONE_PART = st.one_of(
    *(
        st.builds(RunFilter, **{name: strategy})
        for name, strategy in {
            "task_id": st.integers(1, 4),
            "statuses": st.frozensets(st.sampled_from(RunStatus)),
            "worker_id": st.sampled_from(["w1", "w2", "w3"]),
            "trigger": st.sampled_from(RunTrigger),
            "fan_out_run_id": st.integers(1, 14),
            "backfill_id": st.integers(1, 3),
            "text": WORDS,
        }.items()
    ),
    st.builds(RunFilter, since=HOURS, until=HOURS),
    st.builds(RunFilter, ended_since=HOURS, ended_until=HOURS),
    st.builds(RunFilter, waiting_since=HOURS, waiting_until=HOURS),
)
"""Filters of all parts at once select few runs: most are drawn with one."""


async def read_runs(connection: AsyncConnection, wanted: RunFilter | None = None) -> list[Run]:
    conditions = await where(connection, wanted, FULL_ACCESS) if wanted is not None else []
    return [to_run(read_run(row)) for row in await connection.execute(SUMMARIES.where(*conditions))]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=st.one_of(ONE_PART, FILTERS))
async def test_the_database_and_the_console_select_the_same_runs(
    connection: AsyncConnection, wanted: RunFilter
) -> None:
    every = await read_runs(connection)
    assert len(every) == RUNS
    selected = {run.id for run in await read_runs(connection, wanted)}
    assert selected == {run.id for run in every if wanted.matches(run)}
