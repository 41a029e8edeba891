"""Creates tasks."""

from datetime import datetime

from sqlalchemy import literal, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import Actor, ServiceContext
from backend.database.schema import AUDIT_LOG, TASK_VERSIONS, TASKS
from backend.events.wakes import WakeReason
from backend.request_claim import hold_claim
from backend.scheduling.first_time import NewSchedule, first_time
from backend.scheduling.model import NextOccurrence, days_off
from backend.tasks.change import name_taken
from backend.tasks.checks import check_executor, check_has_future, check_jitter
from backend.tasks.dependencies import check_upstreams, lock_dependencies, set_dependencies
from backend.tasks.model import columns_of
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
        task_id, now, dates, weekdays = (await connection.execute(PREPARE, {"calendar": fields.calendar})).one()
        new = NewSchedule(task_id, fields, days_off(dates, weekdays), now)
        times = await first_time(new, misfire_grace=context.settings.misfire_grace)
        check_has_future(fields, times.due)
        await hold_claim(connection, actor)
        if not await _store(connection, fields, times, now=now, actor=actor):
            raise name_taken(fields.name)
        if fields.depends_on:
            await set_dependencies(connection, {task_id: fields.depends_on})
    task = _stored(fields, times, now=now)
    if task.next_run_at is not None:
        context.signals.wake(WakeReason.SCHEDULES_CHANGED)
    context.events.publish(EventType.TASK_CREATED, [task.masked()])
    return task


async def _store(
    connection: AsyncConnection, fields: TaskFields, times: NextOccurrence, *, now: datetime, actor: Actor
) -> bool:
    """Insert the task, its first version and the entry in the audit log; False if its name is taken."""
    new = (
        insert(TASKS)
        .values(
            **columns_of(fields),
            id=times.task_id,
            version=1,
            created_at=now,
            updated_at=now,
            schedule_since=now,
            next_occurrence_at=times.occurrence,
            next_run_at=times.due,
        )
        .on_conflict_do_nothing()
        .returning(TASKS.c.id, TASKS.c.name)
        .cte("new")
    )
    version = {
        TASK_VERSIONS.c.task_id: new.c.id,
        TASK_VERSIONS.c.version: literal(1),
        TASK_VERSIONS.c.definition: literal(fields.model_dump(mode="json"), TASK_VERSIONS.c.definition.type),
        TASK_VERSIONS.c.changed_by: literal(actor.name),
        TASK_VERSIONS.c.changed_at: literal(now),
    }
    entry = {
        **{
            AUDIT_LOG.c[name]: literal(value, AUDIT_LOG.c[name].type)
            for name, value in audit.origin_values(actor).items()
        },
        AUDIT_LOG.c.action: literal("task.create"),
        AUDIT_LOG.c.object_type: literal("task"),
        AUDIT_LOG.c.object_id: literal(str(times.task_id)),
        AUDIT_LOG.c.object_name: new.c.name,
        AUDIT_LOG.c.detail: literal({}, AUDIT_LOG.c.detail.type),
    }
    stored = [
        insert(table).from_select(list(values), select(*values.values()).select_from(new)).cte(f"stored_{table.name}")
        for table, values in ((TASK_VERSIONS, version), (AUDIT_LOG, entry))
    ]
    return (await connection.execute(select(new.c.id).add_cte(*stored))).first() is not None


def _stored(fields: TaskFields, times: NextOccurrence, *, now: datetime) -> Task:
    """Return what was stored, without reading it."""
    return Task.model_validate(
        fields.model_dump() | {"id": times.task_id, "created_at": now, "updated_at": now, "next_run_at": times.due}
    )
