"""What runs say of themselves while they go."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.broker.messages import Progress, Sample
from backend.runs.model import SUMMARY_COLUMNS, RunChange, RunChangeKind, read_changes
from shared.models.run import ResourceSample

SET_PROGRESS = text(
    f"""
    with locked as (
        select id from runs where id = any(cast(:run_ids as bigint[])) order by id for update
    ), said as (
        update runs set progress_percent = coalesce(p.percent, runs.progress_percent), progress_text = p.words
        from unnest(cast(:run_ids as bigint[]), cast(:attempts as integer[]), cast(:percents as float8[]),
            cast(:texts as text[])) as p (run_id, attempt, percent, words), locked
        where runs.id = p.run_id and runs.id = locked.id and runs.attempt = p.attempt
        returning runs.*
    )
    select {SUMMARY_COLUMNS} from said r join tasks t on t.id = r.task_id
    """  # noqa: S608
)

ADD_SAMPLES = text(
    """
    insert into run_samples (run_id, attempt, elapsed_ms, cpu_percent, memory_bytes)
    select s.* from unnest(cast(:run_ids as bigint[]), cast(:attempts as integer[]), cast(:elapsed as bigint[]),
        cast(:cpu as real[]), cast(:memory as bigint[])) as s (run_id, attempt, elapsed_ms, cpu_percent, memory_bytes)
    where exists (select from runs where id = s.run_id)
    on conflict do nothing
    """
)

SAMPLES = text(
    """
    select attempt, elapsed_ms, cpu_percent, memory_bytes from run_samples
    where run_id = :run_id order by attempt, elapsed_ms limit 10000
    """
)


async def set_progress(connection: AsyncConnection, said: Sequence[Progress]) -> list[RunChange]:
    """Store what commands said last; return their runs."""
    newest = {(one.run_id, one.attempt): one for one in said}.values()
    rows = await connection.execute(
        SET_PROGRESS,
        {
            "run_ids": [one.run_id for one in newest],
            "attempts": [one.attempt for one in newest],
            "percents": [one.percent for one in newest],
            "texts": [one.text for one in newest],
        },
    )
    return read_changes(RunChangeKind.PROGRESSED, rows)


async def add_samples(connection: AsyncConnection, samples: Sequence[Sample]) -> None:
    """Store samples; one of a run that was removed is dropped."""
    await connection.execute(
        ADD_SAMPLES,
        {
            "run_ids": [one.run_id for one in samples],
            "attempts": [one.attempt for one in samples],
            "elapsed": [one.elapsed_ms for one in samples],
            "cpu": [one.cpu_percent for one in samples],
            "memory": [one.memory_bytes for one in samples],
        },
    )


async def samples_of(connection: AsyncConnection, run_id: int) -> list[ResourceSample]:
    """Return the samples of a run, attempt by attempt."""
    rows = await connection.execute(SAMPLES, {"run_id": run_id})
    return [ResourceSample.model_validate(dict(row)) for row in rows.mappings()]
