"""The conditions slow, late, missed and paused: the one place that decides them.

The decision is in SQL because a pure function would have to read every waiting run of every watched task, where the
statement reads those that are in trouble.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.alerts.model import Trouble, TroubleKind
from backend.alerts.outcomes import unwatched, watched_task
from backend.faults.reading import read_each
from backend.faults.store import store_faults
from backend.runs.of_task import newest_first, runs_of

_TASK = "t.id as task_id, t.name, t.folder, t.labels"
_STARTS_AT = "least(r.queued_at, r.scheduled_for + t.jitter_seconds * interval '1 second')"
_ALLOWED = "t.late_after_seconds * interval '1 second'"

# A started run has been running for longer than its task expects.
_SLOW = f"""
    select 'slow' as kind, {_TASK}, r.id as run_id, t.expected_duration_seconds as seconds, null as reason
    from tasks t join runs r on r.task_id = t.id and r.status in ('dispatched', 'running') and r.fan_out_run_id is null
    where t.expected_duration_seconds is not null and t.deleted_at is null
        and r.started_at < now() - t.expected_duration_seconds * interval '1 second'
"""  # noqa: S608

# A scheduled run has waited for longer than its task allows.
_WAITS = f"""
    select 'waits', {_TASK}, r.id, t.late_after_seconds, null
    from tasks t join runs r on r.task_id = t.id and r.status in ('blocked', 'pending') and r.trigger = 'schedule'
    where t.late_after_seconds is not null and t.deleted_at is null
        and {_STARTS_AT} < now() - {_ALLOWED}
"""  # noqa: S608

# The newest scheduled run, from the index runs_occurrence, started later than its task allows.
_STARTED_LATE = f"""
    select 'started_late', {_TASK}, r.id, t.late_after_seconds, null
    from tasks t cross join lateral (
        select * from runs n where n.task_id = t.id and n.trigger = 'schedule'
        order by n.scheduled_for desc limit 1) r
    where t.late_after_seconds is not null and t.deleted_at is null and t.status = 'active'
        and r.started_at - {_STARTS_AT} > {_ALLOWED}
"""  # noqa: S608

# The next occurrence is overdue, and no run was created for it.
_NOT_CREATED = f"""
    select 'not_created', {_TASK}, null, t.late_after_seconds, null
    from tasks t
    where t.late_after_seconds is not null and t.deleted_at is null
        and t.next_run_at < now() - {_ALLOWED}
"""  # noqa: S608

# The misfire policy skipped occurrences, from the index tasks_missed.
_MISSED = f"""
    select 'missed', {_TASK}, null, t.late_after_seconds, null
    from tasks t
    where t.missed_at is not null and t.late_after_seconds is not null and t.deleted_at is null
        and t.status = 'active'
"""  # noqa: S608

# Taskdeck paused the task; a task that a person paused has no reason.
_PAUSED = f"""
    select 'paused', {_TASK}, null, null, t.paused_reason
    from tasks t where t.paused_reason is not null and t.status = 'paused' and t.deleted_at is null
"""  # noqa: S608

_CONDITIONS = (_SLOW, _WAITS, _STARTED_LATE, _NOT_CREATED, _MISSED, _PAUSED)
TROUBLES = text(" union all ".join(_CONDITIONS))

# A missed occurrence is over once a worker was given a run for a later time, by schedule or by hand.
CLEAR_MISSED = text(
    f"""
    update tasks set missed_at = null
    from (
        select t.id from tasks t cross join lateral (
            select coalesce(n.scheduled_for, n.queued_at) as at from runs n
            where {runs_of("t.id", runs="n")} and n.fan_out_run_id is null and n.trigger <> 'backfill'
                and n.first_dispatched_at is not null
            order by {newest_first("n")} limit 1) newest
        where t.missed_at is not null and newest.at > t.missed_at
    ) again
    where tasks.id = again.id
    """  # noqa: S608
)


async def read_troubles(connection: AsyncConnection) -> list[Trouble]:
    """Return what is wrong now; a task may be returned more than once for a condition."""
    found, faults = read_each(
        await connection.execute(TROUBLES),
        lambda row: Trouble(
            kind=TroubleKind(row.kind),
            task=watched_task(row.task_id, row.name, row.folder, row.labels),
            run_id=row.run_id,
            limit_seconds=row.seconds,
            reason=row.reason,
        ),
        fault=lambda row, error: unwatched(row.task_id, row.name, error),
    )
    await store_faults(connection, faults)
    return found


async def clear_missed(connection: AsyncConnection) -> None:
    """Clear the missed occurrences of tasks that have run for a later time since."""
    await connection.execute(CLEAR_MISSED)
