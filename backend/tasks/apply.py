"""Applies many tasks in one transaction: creates those that are missing and changes those that differ."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import Actor, ServiceContext
from backend.database.folder_conditions import FolderStatement
from backend.database.schema import TASKS
from backend.events.wakes import WakeReason
from backend.scheduling.reschedule import reschedule
from backend.scheduling.set_aside import UnreadableSchedule
from backend.tasks.apply_plan import (
    ItemError,
    PlannedTask,
    StoredTask,
    check_permitted,
    closed_cycle,
    cycle_error,
    hidden_names,
    missing_upstreams,
    name_of,
    plan_tasks,
    refused_items,
    upstream_names,
)
from backend.tasks.change import DECIDE_WHEN_DUE, updated_event
from backend.tasks.changed_values import change_detail
from backend.tasks.checks import check_has_future
from backend.tasks.dependencies import lock_dependencies, read_upstreams, set_dependencies
from backend.tasks.model import FIELD_COLUMNS, SELECT_TASKS, columns_of, fields_of, read_names, read_whole
from backend.tasks.references import read_known_names
from backend.tasks.versions import record_versions
from shared.access import Access
from shared.enums import EventType
from shared.errors import ConflictError, FieldError, ValidationFailedError
from shared.models.task import Task
from shared.models.task_apply import AppliedTask, ApplyAction, ApplyResult

T = TypeVar("T")

_AT_ONCE = 200
"""Tasks for each statement: what is computed between two statements holds the event loop for some 50 ms."""

# By the index tasks_name.
IDS_BY_NAME = FolderStatement(
    """
    select name, id, granted(folder) as is_readable from tasks
    where name = any(cast(:names as text[])) and deleted_at is null
    """
)
LOCK = text("select id from tasks where id = any(cast(:ids as bigint[])) and deleted_at is null order by id for update")
NEW_IDS = text("select nextval(pg_get_serial_sequence('tasks', 'id')) from generate_series(1, :count)")
# One parameter for all rows, by the names of their columns.
INSERT = text(
    f"""
    insert into tasks (id, version, created_at, updated_at, {", ".join(FIELD_COLUMNS)})
    select id, version, now(), now(), {", ".join(FIELD_COLUMNS)}
    from jsonb_populate_recordset(cast(null as tasks), cast(:rows as jsonb))
    on conflict do nothing
    """  # noqa: S608
)
UPDATE = text(
    f"""
    update tasks set version = n.version, updated_at = now(),
        {", ".join(f"{name} = n.{name}" for name in FIELD_COLUMNS)}
    from jsonb_populate_recordset(cast(null as tasks), cast(:rows as jsonb)) n where tasks.id = n.id
    """  # noqa: S608
)
NEXT_RUNS = text("select id, next_run_at from tasks where id = any(cast(:ids as bigint[]))")
COUNT = text("select count(*) from tasks where id = any(cast(:ids as bigint[]))")
SET_PAUSED_BY_PERSON = text("update tasks set paused_reason = null where id = any(cast(:ids as bigint[]))")


async def apply_tasks(
    context: ServiceContext, items: Sequence[Mapping[str, Any]], *, dry_run: bool, actor: Actor
) -> ApplyResult:
    """Create or change each task, all or none; fields that a task does not name stay as they are.

    A dry run does the same in a transaction that is rolled back. Raises `ValidationFailedError` that lists every
    invalid field of every task, `ForbiddenError` if one of the changes is not permitted, and `ConflictError` if another
    request creates one of the tasks at the same time.
    """
    async with context.database.trial() if dry_run else context.database.transaction() as connection:
        planned = await apply_within(connection, context, items, actor=actor)
        tasks = [] if dry_run else await read_changed(connection, planned)
    if not dry_run:
        publish_applied(context, planned, tasks)
    return ApplyResult(tasks=[_applied(task, dry_run=dry_run) for task in planned], dry_run=dry_run)


async def apply_within(
    connection: AsyncConnection,
    context: ServiceContext,
    items: Sequence[Mapping[str, Any]],
    *,
    actor: Actor,
    is_exact: bool = False,
    also_locked: Sequence[int] = (),
) -> list[PlannedTask]:
    """Do the same in a transaction of the caller, which reads and publishes what changed.

    With `is_exact`, fields that a task does not name get their defaults. `also_locked` are the ids of further tasks
    that the caller changes: all are locked in one order.
    """
    planned = await _plan(connection, context, items, actor.access, is_exact=is_exact, also_locked=also_locked)
    changing = _changing(planned)
    await _check_references(connection, changing, actor.access)
    await _write(connection, context, changing, actor=actor)
    await _check_futures(connection, changing)
    return planned


async def read_changed(connection: AsyncConnection, planned: Sequence[PlannedTask]) -> list[Task]:
    """Return the created and changed tasks as they are now."""
    return [task async for task in _read(connection, [task.id for task in _changing(planned)])]


def _changing(planned: Sequence[PlannedTask]) -> list[PlannedTask]:
    return [task for task in planned if task.action is not ApplyAction.UNCHANGED]


def _applied(task: PlannedTask, *, dry_run: bool) -> AppliedTask:
    is_stored = task.action is not ApplyAction.CREATED or not dry_run
    return AppliedTask(
        name=task.fields.name,
        action=task.action,
        fields=list(task.changed),
        task_id=task.id if is_stored else None,
    )


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE))


async def _plan(
    connection: AsyncConnection,
    context: ServiceContext,
    items: Sequence[Mapping[str, Any]],
    access: Access,
    *,
    is_exact: bool,
    also_locked: Sequence[int],
) -> list[PlannedTask]:
    """Lock the tasks that exist, reserve ids for the others, and decide what changes, if all of that is permitted."""
    if any("depends_on" in item for item in items):
        await lock_dependencies(connection)
    names = {name for item in items if (name := name_of(item)) is not None}
    upstreams = upstream_names(items)
    rows = await connection.execute(IDS_BY_NAME.within(access), {"names": sorted(names | upstreams)})
    ids: dict[str, int] = {row.name: row.id for row in rows if row.is_readable or row.name in names}
    wanted = [ids[name] for name in names if name in ids]
    stored = await _lock(connection, sorted(wanted), also_locked=also_locked)
    if hidden := hidden_names(items, stored, access):
        raise refused_items(hidden)
    # A task that was deleted between the two statements is created again.
    missing = sorted(name for name in names if name not in stored)
    new_ids = (await connection.execute(NEW_IDS, {"count": len(missing)})).scalars()
    ids |= dict(zip(missing, new_ids, strict=True))
    planned = await asyncio.to_thread(plan_tasks, items, stored, ids, context.executors, is_exact=is_exact)
    check_permitted(planned, access)
    return planned


async def _lock(
    connection: AsyncConnection, task_ids: Sequence[int], *, also_locked: Sequence[int]
) -> dict[str, StoredTask]:
    """Return tasks by name, locked in the order of their ids together with others."""
    await connection.execute(LOCK, {"ids": [*task_ids, *also_locked]})
    found: dict[str, StoredTask] = {}
    async for task in _read(connection, task_ids):
        found[task.name] = StoredTask(task.id, task.version, fields_of(task))
    return found


async def _read(connection: AsyncConnection, task_ids: Sequence[int]) -> AsyncIterator[Task]:
    for part in _parts(task_ids):
        for row in await connection.execute(SELECT_TASKS.where(TASKS.c.id.in_(part))):
            yield read_whole(row)


async def _check_references(connection: AsyncConnection, tasks: Sequence[PlannedTask], access: Access) -> None:
    """Check the calendars, concurrency groups and upstream tasks; raises `ValidationFailedError`."""
    known = await read_known_names(connection, (task.fields for task in tasks))
    errors = [
        ItemError(task.position, task.fields.name, error) for task in tasks for error in known.errors(task.fields)
    ]
    dependent = [task for task in tasks if "depends_on" in task.changed]
    if dependent:
        edges = await read_upstreams(connection)
        upstreams = {upstream for task in dependent for upstream in task.added_upstreams}
        names = await read_names(connection, upstreams, access) | {task.id: task.fields.name for task in tasks}
        errors += missing_upstreams(dependent, names)
        cycle = closed_cycle(dependent, edges)
        if cycle is not None:
            errors.append(cycle_error(cycle, dependent, await read_names(connection, cycle, access) | names))
    if errors:
        raise refused_items(errors)


def _detail(task: PlannedTask) -> dict[str, Any]:
    """Return what the audit log says of a change; nothing of a new task."""
    if task.former is None:
        return {}
    return change_detail(task.former, task.fields, task.changed)


async def _write(
    connection: AsyncConnection, context: ServiceContext, tasks: Sequence[PlannedTask], *, actor: Actor
) -> None:
    for part in _parts(tasks):
        await _store(connection, part)
        await record_versions(
            connection, [(task.id, task.version, task.fields) for task in part], changed_by=actor.name
        )
        for action, verb in ((ApplyAction.CREATED, "create"), (ApplyAction.CHANGED, "update")):
            objects = [(task.id, task.fields.name, _detail(task)) for task in part if task.action is action]
            await audit.record_each(connection, actor=actor, action=f"task.{verb}", object_type="task", objects=objects)
    edges = {task.id: task.fields.depends_on for task in tasks if "depends_on" in task.changed}
    if edges:
        await set_dependencies(connection, edges)
    for part in _parts(tasks):
        created = [task.id for task in part if task.action is ApplyAction.CREATED]
        changed = [
            task.id
            for task in part
            if task.action is ApplyAction.CHANGED and DECIDE_WHEN_DUE.intersection(task.changed)
        ]
        for task_ids, keeps_due in ((created, False), (changed, True)):
            if task_ids:
                unreadable = await reschedule(connection, task_ids, settings=context.settings, keeps_due=keeps_due)
                _check_evaluated(part, unreadable)


def _check_evaluated(tasks: Sequence[PlannedTask], unreadable: Sequence[UnreadableSchedule]) -> None:
    """Raise `ValidationFailedError` for schedules that cannot be evaluated."""
    by_id = {task.id: task for task in tasks}
    errors = [
        ItemError(by_id[one.task_id].position, by_id[one.task_id].fields.name, FieldError("schedule", one.reason))
        for one in unreadable
    ]
    if errors:
        raise refused_items(errors)


async def _store(connection: AsyncConnection, tasks: Sequence[PlannedTask]) -> None:
    created = [task for task in tasks if task.action is ApplyAction.CREATED]
    changed = [task for task in tasks if task.action is ApplyAction.CHANGED]
    if created:
        await connection.execute(INSERT, {"rows": _as_rows(created)})
        ids = [task.id for task in created]
        if (await connection.execute(COUNT, {"ids": ids})).scalar_one() != len(ids):
            raise ConflictError(
                "Another request created one of these tasks at the same time. Nothing was changed; repeat."
            )
    if changed:
        await connection.execute(UPDATE, {"rows": _as_rows(changed)})
        paused = [task.id for task in changed if "status" in task.changed]
        await connection.execute(SET_PAUSED_BY_PERSON, {"ids": paused})


def _as_rows(tasks: Sequence[PlannedTask]) -> str:
    """Return the columns of tasks as one JSON text: a parameter for each value would take most of the time."""
    rows = [columns_of(task.fields) | {"id": task.id, "version": task.version} for task in tasks]
    return to_json(rows).decode()


async def _check_futures(connection: AsyncConnection, tasks: Sequence[PlannedTask]) -> None:
    """Raise `ValidationFailedError` for tasks that would never run."""
    by_id = {task.id: task for task in tasks if "schedule" in task.changed}
    errors: list[ItemError] = []
    for task_id, next_run_at in await connection.execute(NEXT_RUNS, {"ids": sorted(by_id)}):
        task = by_id[task_id]
        try:
            check_has_future(task.fields, next_run_at)
        except ValidationFailedError as refusal:
            errors += [ItemError(task.position, task.fields.name, error) for error in refusal.errors]
    if errors:
        raise refused_items(sorted(errors, key=lambda one: one.position))


def publish_applied(context: ServiceContext, planned: Sequence[PlannedTask], tasks: Sequence[Task]) -> None:
    """Publish the committed changes; `tasks` are those that `read_changed` returned."""
    if not tasks:
        return
    actions = {task.id: task.action for task in planned}
    created = [task.masked() for task in tasks if actions[task.id] is ApplyAction.CREATED]
    folders = {task.id: task.former.folder for task in planned if task.former is not None}
    changed = [task for task in tasks if actions[task.id] is ApplyAction.CHANGED]
    context.signals.wake(WakeReason.SCHEDULES_CHANGED, task_ids={task.id for task in changed})
    context.events.publish(EventType.TASK_CREATED, created)
    events = (updated_event(task, former_folder=folders[task.id]) for task in changed)
    context.events.publish(EventType.TASK_UPDATED, events)
