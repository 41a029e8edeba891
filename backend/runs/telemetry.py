"""Progress and resource usage of running commands."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.broker.messages import Progress, Sample
from backend.runs.conditions import OWN_ATTEMPT
from backend.runs.lock import locked_if
from backend.runs.model import SUMMARY_COLUMNS, RunChange, RunChangeKind, read_changes
from shared.models.run import ResourceSample

_PROGRESS = """select * from unnest(cast(:run_ids as bigint[]), cast(:attempts as integer[]),
            cast(:percents as float8[]), cast(:texts as text[]), cast(:workers as text[]))
            as p (run_id, attempt, percent, words, worker_id)"""

# By the primary key; a report for an earlier attempt or by another worker changes nothing.
SET_PROGRESS = text(
    f"""
    with {locked_if(_PROGRESS, "true")}, changed as (
        update runs set progress_percent = coalesce(p.percent, runs.progress_percent), progress_text = p.words
        from locked p where runs.id = p.id and runs.attempt = p.attempt and runs.worker_id = p.worker_id
        returning runs.*
    )
    select {SUMMARY_COLUMNS} from changed r join tasks t on t.id = r.task_id
    """  # noqa: S608
)

# Samples of a purged run, and those of another worker than the attempt's, are dropped. By the primary key.
ADD_SAMPLES = text(
    f"""
    insert into run_samples (run_id, attempt, elapsed_ms, cpu_percent, memory_bytes)
    select s.run_id, s.attempt, s.elapsed_ms, s.cpu_percent, s.memory_bytes
    from unnest(cast(:run_ids as bigint[]), cast(:attempts as integer[]), cast(:elapsed as bigint[]),
        cast(:cpu as real[]), cast(:memory as bigint[]), cast(:workers as text[]))
        as s (run_id, attempt, elapsed_ms, cpu_percent, memory_bytes, worker_id)
    where {OWN_ATTEMPT.format(row="s")}
    on conflict do nothing
    """  # noqa: S608
)

# By the primary key.
SAMPLES = text(
    """
    select attempt, elapsed_ms, cpu_percent, memory_bytes from run_samples
    where run_id = :run_id order by attempt, elapsed_ms limit 10000
    """
)


async def set_progress(connection: AsyncConnection, progress: Sequence[Progress]) -> list[RunChange]:
    """Store the last progress of each attempt; return the runs that changed."""
    newest = {(one.run_id, one.attempt, one.worker_id): one for one in progress}.values()
    rows = await connection.execute(
        SET_PROGRESS,
        {
            "run_ids": [one.run_id for one in newest],
            "attempts": [one.attempt for one in newest],
            "percents": [one.percent for one in newest],
            "texts": [one.text for one in newest],
            "workers": [one.worker_id for one in newest],
        },
    )
    return read_changes(RunChangeKind.PROGRESSED, rows)


async def add_samples(connection: AsyncConnection, samples: Sequence[Sample]) -> None:
    """Store samples; stored ones are not changed."""
    await connection.execute(
        ADD_SAMPLES,
        {
            "run_ids": [one.run_id for one in samples],
            "attempts": [one.attempt for one in samples],
            "elapsed": [one.elapsed_ms for one in samples],
            "cpu": [one.cpu_percent for one in samples],
            "memory": [one.memory_bytes for one in samples],
            "workers": [one.worker_id for one in samples],
        },
    )


async def samples_of(connection: AsyncConnection, run_id: int) -> list[ResourceSample]:
    """Return the samples of a run, in the order of attempt and time."""
    rows = await connection.execute(SAMPLES, {"run_id": run_id})
    return [
        ResourceSample(attempt=attempt, elapsed_ms=elapsed, cpu_percent=cpu, memory_bytes=memory)
        for attempt, elapsed, cpu, memory in rows
    ]
