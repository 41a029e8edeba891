"""Changes many tasks by one request: those of some ids, or those that the filter of the list selects.

The filter is evaluated once; what it selects is locked in the order of the ids, decided, and written in one
transaction. A task that cannot be changed stays as it is, and is counted with the reason.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ARRAY, BigInteger, any_, bindparam
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import bulk
from backend.bulk import Refusals, Selected
from backend.context import Actor, ServiceContext
from backend.database.folder_conditions import FolderStatement
from backend.database.schema import TASKS
from backend.events.wakes import WakeReason
from backend.faults.model import ITEM_ERRORS
from backend.runs.model import RunChange
from backend.runs.outbox import publish_many
from backend.runs.trigger import create_manual_runs
from backend.tasks import bulk_writes
from backend.tasks.bulk_plan import LockedTask, deletable, why_unchanged
from backend.tasks.bulk_selection import count_left_out, lock_tasks, select_tasks
from backend.tasks.change import updated_event
from backend.tasks.delete import delete_tasks, dependents_of
from backend.tasks.dependencies import lock_dependencies
from backend.tasks.model import SELECT_TASKS, read_row
from shared.access import Access
from shared.enums import BulkReason, EventType, Permission
from shared.models.bulk import (
    BulkResult,
    BulkTasks,
    DeleteTasks,
    LabelTasks,
    MoveTasks,
    TriggerTasks,
    UndoTasks,
)
from shared.models.task import Task

_EVENTS_AT_ONCE = 200
"""Tasks that are read for their events between two pauses of the event loop."""

# By the primary key, as the next one. One parameter for all ids: a list would be compiled again for each part.
_WITH_IDS = SELECT_TASKS.where(TASKS.c.id == any_(bindparam("ids", type_=ARRAY(BigInteger)))).order_by(TASKS.c.id)
RUNNABLE = FolderStatement(
    """
    select id from tasks where id = any(cast(:ids as bigint[])) and deleted_at is null and granted(folder) order by id
    """,
    needed=Permission.RUN,
)


@dataclass(slots=True)
class _Done:
    """What a request changed, in the order of the ids, and what follows from it."""

    selected: int = 0
    refusals: Refusals = field(default_factory=Refusals)
    changed: list[Selected] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)
    runs: list[RunChange] = field(default_factory=list)


async def change_tasks(context: ServiceContext, request: BulkTasks, *, actor: Actor) -> BulkResult:
    """Change many tasks and return what was changed, and how many were not for which reason.

    A dry run does the same in a transaction that is rolled back. Raises `ValidationFailedError` where more are selected
    than one request changes, `ConflictError` where there are more than it permits, and `ForbiddenError` for a folder
    into which the user may not move tasks.
    """
    database = context.database
    async with database.trial() if request.dry_run else database.transaction() as connection:
        done = await _change(connection, context, request, actor)
        if not request.dry_run:
            await _record(connection, request, done, actor)
    if not request.dry_run:
        await _publish(context, request, done)
    return BulkResult(
        dry_run=request.dry_run,
        selected=done.selected,
        changed=len(done.changed),
        refused=done.refusals.answer(),
        ids=[task.id for task in done.changed],
        versions=[] if request.dry_run else done.versions,
        run_ids=[change.run.id for change in done.runs]
        if isinstance(request, TriggerTasks) and not request.dry_run
        else [],
    )


async def _change(connection: AsyncConnection, context: ServiceContext, request: BulkTasks, actor: Actor) -> _Done:
    if isinstance(request, MoveTasks):
        actor.access.require(request.folder, Permission.EDIT)
    if isinstance(request, DeleteTasks):
        await lock_dependencies(connection)
    done = _Done()
    selected = await select_tasks(connection, request, actor.access, done.refusals)
    done.selected = len(selected) + done.refusals.total
    if isinstance(request, TriggerTasks):
        await _trigger(connection, context, request, selected, actor.access, done)
        return done
    tasks = await lock_tasks(connection, selected, actor.access, done.refusals)
    if isinstance(request, DeleteTasks):
        await _delete(connection, tasks, done)
        return done
    if isinstance(request, UndoTasks):
        tasks = await _undoable(connection, request, tasks, actor.access, done)
    changing = []
    for task in tasks:
        reason = why_unchanged(request, task)
        if reason is None:
            changing.append(task)
        else:
            done.refusals.add(reason, task.id, task.name)
    versions = await bulk_writes.write(connection, request, changing, changed_by=actor.name)
    unreadable = await bulk_writes.follow_schedules(connection, request, list(versions), settings=context.settings)
    for one in unreadable:
        done.refusals.add(BulkReason.INVALID_SCHEDULE, one.task_id, one.task_name)
        del versions[one.task_id]
    for task in changing:
        if task.id in versions:
            done.changed.append(Selected(task.id, task.name, task.folder))
            done.versions.append(versions[task.id])
    return done


async def _undoable(
    connection: AsyncConnection, request: UndoTasks, tasks: Sequence[LockedTask], access: Access, done: _Done
) -> list[LockedTask]:
    """Return the tasks that are still at the version of the change, and may go back into their former folder."""
    expected = dict(zip(request.ids, request.versions, strict=True))
    same = []
    for task in tasks:
        if task.version == expected[task.id]:
            same.append(task)
        else:
            done.refusals.add(BulkReason.CHANGED_SINCE, task.id, task.name)
    if request.undoes != "move":
        return same
    folders = await bulk_writes.former_folders(connection, same)
    permitted = []
    for task in same:
        if access.permits(folders.get(task.id, task.folder), Permission.EDIT):
            permitted.append(task)
        else:
            done.refusals.add(BulkReason.NOT_PERMITTED, task.id, task.name)
    return permitted


async def _delete(connection: AsyncConnection, tasks: Sequence[LockedTask], done: _Done) -> None:
    """Delete the tasks on which no task depends that stays, and cancel their runs."""
    going = deletable((task.id for task in tasks), await dependents_of(connection, [task.id for task in tasks]))
    for task in tasks:
        if task.id in going:
            done.changed.append(Selected(task.id, task.name, task.folder))
        else:
            done.refusals.add(BulkReason.HAS_DEPENDENTS, task.id, task.name)
    done.runs = await delete_tasks(connection, sorted(going))


async def _trigger(
    connection: AsyncConnection,
    context: ServiceContext,
    request: TriggerTasks,
    selected: dict[int, Selected],
    access: Access,
    done: _Done,
) -> None:
    """Create a run of each of the tasks that a user may run."""
    rows = await connection.execute(RUNNABLE.within(access), {"ids": list(selected)})
    runnable = list(rows.scalars())
    count_left_out(done.refusals, selected, set(runnable), access, Permission.RUN)
    done.changed = [selected[task_id] for task_id in runnable]
    done.runs = await create_manual_runs(connection, runnable, request, aging=context.settings.priority_aging)


async def _record(connection: AsyncConnection, request: BulkTasks, done: _Done, actor: Actor) -> None:
    """Record the request in the audit log; each deleted task also by its name, which exists nowhere else later."""
    detail: dict[str, Any] = {}
    match request:
        case LabelTasks():
            detail = {"added": request.add, "removed": request.remove}
        case MoveTasks():
            detail = {"folder": request.folder}
        case TriggerTasks():
            detail = {"run_ids": bulk.ranges(change.run.id for change in done.runs)}
        case UndoTasks():
            detail = {"undone": request.undoes}
    filters = {} if isinstance(request, UndoTasks) else {"filter": request.filter}
    await bulk.record(
        connection,
        actor=actor,
        kind="task",
        verb=request.action,
        changed=[(task.id, task.name) for task in done.changed],
        refusals=done.refusals,
        detail=detail | bulk.selection_detail(request.ids, **filters),
        names_each=isinstance(request, DeleteTasks),
    )


async def _publish(context: ServiceContext, request: BulkTasks, done: _Done) -> None:
    """Publish what follows from the committed change."""
    await publish_many(context, done.runs)
    if isinstance(request, TriggerTasks) or not done.changed:
        return
    context.signals.wake(WakeReason.SCHEDULES_CHANGED, task_ids={task.id for task in done.changed})
    for start in range(0, len(done.changed), _EVENTS_AT_ONCE):
        part = done.changed[start : start + _EVENTS_AT_ONCE]
        await context.events.has_room()
        if isinstance(request, DeleteTasks):
            gone = [{"id": task.id, "name": task.name, "folder": task.folder} for task in part]
            context.events.publish(EventType.TASK_DELETED, gone)
            await asyncio.sleep(0)
        else:
            folders = {task.id: task.folder for task in part}
            tasks = await _read(context, list(folders))
            events = [updated_event(task, former_folder=folders[task.id]) for task in tasks]
            context.events.publish(EventType.TASK_UPDATED, events)


async def _read(context: ServiceContext, task_ids: Sequence[int]) -> list[Task]:
    """Return tasks for their events, without those that cannot be read."""
    found = []
    async with context.database.transaction() as connection:
        for row in await connection.execute(_WITH_IDS, {"ids": task_ids}):
            try:
                found.append(read_row(row))
            except ITEM_ERRORS:  # lists report it
                continue
    return found
