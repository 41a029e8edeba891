"""The upstream runs that a run builds on, and the release of a run that waited for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs.definition import QUEUE_TIMEOUT, interval
from backend.runs.limits import Hold
from backend.runs.lock import lock_runs, locked_if
from backend.runs.model import SUMMARY_COLUMNS, RunChange, RunChangeKind, read_changes
from shared.enums import RunStatus

_UNBLOCKED = """select * from unnest(cast(:run_ids as bigint[]), cast(:parents as bigint[]), cast(:holds as text[]))
            as u (run_id, parent_run_id, next_hold)"""

# A blocked run becomes pending; its queue timeout begins now, by the version of the task that it was made from.
UNBLOCK = text(
    f"""
    with {locked_if(_UNBLOCKED, "status = 'blocked'")}, unblocked as (
        update runs set status = 'pending', parent_run_id = u.parent_run_id, hold = u.next_hold,
            released_at = case when u.next_hold is null and runs.concurrency_group is not null then now() end,
            expires_at = now() + {interval(QUEUE_TIMEOUT)}
        from locked u, task_versions v
        where runs.id = u.id and v.task_id = runs.task_id and v.version = runs.task_version
        returning runs.*
    )
    select {SUMMARY_COLUMNS} from unblocked r join tasks t on t.id = r.task_id order by r.id
    """  # noqa: S608
)

RECORD = text(
    """
    insert into run_upstreams (run_id, upstream_id, upstream_run_id)
    select * from unnest(cast(:run_ids as bigint[]), cast(:upstream_ids as bigint[]), cast(:upstream_runs as bigint[]))
    on conflict (run_id, upstream_id) do update set upstream_run_id = excluded.upstream_run_id
    """
)

# By the primary key of run_upstreams.
COPY = text(
    """
    insert into run_upstreams (run_id, upstream_id, upstream_run_id)
    select c.to_run, u.upstream_id, u.upstream_run_id
    from unnest(cast(:from_runs as bigint[]), cast(:to_runs as bigint[])) as c (from_run, to_run)
    join run_upstreams u on u.run_id = c.from_run
    """
)

# By the primary keys of run_upstreams, runs and tasks.
RESULTS = text(
    """
    select u.run_id, t.name, u.upstream_run_id, r.status, r.output::text as output
    from run_upstreams u
    join runs r on r.id = u.upstream_run_id
    join tasks t on t.id = u.upstream_id
    where u.run_id = any(cast(:run_ids as bigint[])) order by u.run_id, t.name
    """
)


@dataclass(frozen=True, slots=True)
class Unblocked:
    """A blocked run that may go on, the last of its upstream runs to finish, and what it still waits for."""

    run_id: int
    parent_run_id: int
    hold: Hold | None


@dataclass(frozen=True, slots=True)
class UsedUpstream:
    """A run builds on `upstream_run_id`, a run of the task `upstream_id`."""

    run_id: int
    upstream_id: int
    upstream_run_id: int


@dataclass(frozen=True, slots=True)
class UpstreamRun:
    """An upstream run as the run that builds on it receives it; `output` is JSON text."""

    task_name: str
    run_id: int
    status: RunStatus
    output: str | None


async def unblock(connection: AsyncConnection, runs: Sequence[Unblocked]) -> list[RunChange]:
    """Move blocked runs to pending."""
    await lock_runs(connection, (run.run_id for run in runs))
    rows = await connection.execute(
        UNBLOCK,
        {
            "run_ids": [run.run_id for run in runs],
            "parents": [run.parent_run_id for run in runs],
            "holds": [run.hold for run in runs],
        },
    )
    return read_changes(RunChangeKind.UNBLOCKED, rows)


async def record_upstreams(connection: AsyncConnection, used: Sequence[UsedUpstream]) -> None:
    """Record which upstream runs runs build on."""
    await connection.execute(
        RECORD,
        {
            "run_ids": [one.run_id for one in used],
            "upstream_ids": [one.upstream_id for one in used],
            "upstream_runs": [one.upstream_run_id for one in used],
        },
    )


async def copy_upstreams(connection: AsyncConnection, from_runs: Mapping[int, int]) -> None:
    """Record that each run builds on the upstream runs of another, given as the other by the run."""
    await connection.execute(COPY, {"to_runs": list(from_runs), "from_runs": list(from_runs.values())})


async def read_upstreams(connection: AsyncConnection, run_ids: Sequence[int]) -> dict[int, list[UpstreamRun]]:
    """Return the upstream runs of each run, in order of their tasks' names; a run without any is left out."""
    found: dict[int, list[UpstreamRun]] = {}
    for run_id, name, upstream_run_id, status, output in await connection.execute(RESULTS, {"run_ids": list(run_ids)}):
        found.setdefault(run_id, []).append(UpstreamRun(name, upstream_run_id, RunStatus(status), output))
    return found
