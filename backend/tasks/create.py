"""Creates tasks."""

from datetime import datetime

from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import Actor, ServiceContext
from backend.database.direct_statement import DirectStatement
from backend.events.wakes import WakeReason
from backend.request_claim import hold_claim
from backend.scheduling.due import needs_wake
from backend.scheduling.first_time import NewSchedule, first_time
from backend.scheduling.model import NextOccurrence, days_off
from backend.tasks.change import name_taken
from backend.tasks.checks import check_executor, check_has_future, check_jitter
from backend.tasks.dependencies import check_upstreams, lock_dependencies, set_dependencies
from backend.tasks.model import FIELD_COLUMNS, columns_of
from backend.tasks.references import check_names
from shared.enums import EventType, Permission
from shared.models.task import Task, TaskFields

# What its first occurrence is computed from: the id for the jitter, the database's time and the calendar's days.
PREPARE = text(
    """
    select nextval(pg_get_serial_sequence('tasks', 'id')), now(), c.dates, c.weekdays
    from (select cast(:calendar as text) as name) wanted left join calendars c on c.name = wanted.name
    """
)

# The task, its first version and the entry in the audit log in one statement; no row if its name is taken. The fields
# are one parameter, by the names of their columns.
INSERT = text(
    f"""
    with new as (
        insert into tasks (id, version, created_at, updated_at, schedule_since, next_occurrence_at, next_run_at,
            {", ".join(FIELD_COLUMNS)})
        select cast(:task_id as bigint), 1, n.at, n.at, n.at, cast(:occurrence as timestamptz),
            cast(:due as timestamptz), {", ".join(f"f.{name}" for name in FIELD_COLUMNS)}
        from (select cast(:now as timestamptz) as at) n,
            jsonb_populate_record(cast(null as tasks), cast(:fields as jsonb)) f
        on conflict do nothing
        returning id, name, created_at
    ), versioned as (
        insert into task_versions (task_id, version, definition, changed_by, changed_at)
        select new.id, 1, cast(:definition as jsonb), :actor, new.created_at from new
    ), audited as (
        insert into audit_log
            (actor, user_id, token_id, address, request_id, via, action, object_type, object_id, object_name, detail)
        select :actor, cast(:user_id as bigint), cast(:token_id as bigint), :address, :request_id, :via,
            'task.create', 'task', new.id::text, new.name, '{{}}' from new
    )
    select id from new
    """  # noqa: S608
)
_PREPARE = DirectStatement(PREPARE)
_INSERT = DirectStatement(INSERT)


async def create_task(context: ServiceContext, fields: TaskFields, *, actor: Actor) -> Task:
    """Create a task; raises `ForbiddenError`, and `ConflictError` if another task has its name."""
    actor.access.require(fields.folder, Permission.EDIT)
    check_executor(fields, context.executors)
    check_jitter(fields)
    # One statement stores everything where nothing is to be stored beside it: a transaction adds two round trips.
    is_one = not fields.depends_on and actor.origin.claim is None
    async with context.database.statements() if is_one else context.database.transaction() as connection:
        await check_names(connection, fields)
        if fields.depends_on:
            await lock_dependencies(connection)
            await check_upstreams(connection, fields, access=actor.access)
        [(task_id, now, dates, weekdays)] = await _PREPARE.rows(connection, {"calendar": fields.calendar})
        new = NewSchedule(task_id, fields, days_off(dates, weekdays), now)
        times = await first_time(new, misfire_grace=context.settings.misfire_grace)
        check_has_future(fields, times.due)
        await hold_claim(connection, actor)
        if not await _store(connection, fields, times, now=now, actor=actor):
            raise name_taken(fields.name)
        if fields.depends_on:
            await set_dependencies(connection, {task_id: fields.depends_on})
    task = _stored(fields, times, now=now)
    if needs_wake(task.next_run_at, now=now):
        context.signals.wake(WakeReason.SCHEDULES_CHANGED)
    context.events.publish(EventType.TASK_CREATED, [task.masked()])
    return task


async def _store(
    connection: AsyncConnection, fields: TaskFields, times: NextOccurrence, *, now: datetime, actor: Actor
) -> bool:
    """Insert the task, its first version and the entry in the audit log; False if its name is taken."""
    values = {
        "task_id": times.task_id,
        "now": now,
        "occurrence": times.occurrence,
        "due": times.due,
        "fields": to_json(columns_of(fields)).decode(),
        "definition": fields.model_dump_json(),
    }
    return bool(await _INSERT.rows(connection, values | audit.origin_values(actor)))


def _stored(fields: TaskFields, times: NextOccurrence, *, now: datetime) -> Task:
    """Return what was stored, without reading it."""
    return Task.model_validate(
        fields.model_dump() | {"id": times.task_id, "created_at": now, "updated_at": now, "next_run_at": times.due}
    )
