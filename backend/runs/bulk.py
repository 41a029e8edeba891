"""Changes many runs by one request: those of some ids, or those that the filter of a list selects.

The filter is evaluated once; what it selects is locked in the order of the ids, decided, and written in one
transaction. A run that cannot be changed stays as it is, and is counted with the reason.
"""

from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import bulk
from backend.bulk import Refusals, Selected, check_selected
from backend.context import Actor, ServiceContext
from backend.database.folder_conditions import FolderStatement
from backend.runs.bulk_plan import new_priorities, why_unchanged
from backend.runs.cancel import cancel_runs
from backend.runs.listing import select_runs
from backend.runs.lock import lock_runs, lock_with_children
from backend.runs.model import RunChange
from backend.runs.outbox import publish_many
from backend.runs.reorder import set_priorities, start_past_limits
from backend.runs.retry import create_retries, lock_retried
from backend.runs.template import tasks_to_run
from shared.access import Access
from shared.enums import BulkReason, Permission, Priority
from shared.models.bulk import (
    MOST_BULK,
    BulkResult,
    BulkRuns,
    CancelRuns,
    PrioritiseRuns,
    RetryRuns,
    StartRunsNow,
)
from shared.models.queue import QueueFilterFields

T = TypeVar("T")

_AT_ONCE = 500
"""Runs for each statement: reading the rows that it returns holds the event loop for a few milliseconds."""

# By the primary keys.
BY_IDS = FolderStatement(
    """
    select r.id, t.name, t.folder from runs r join tasks t on t.id = r.task_id
    where r.id = any(cast(:ids as bigint[])) and granted(t.folder) order by r.id
    """
)
# By the primary key.
PRIORITIES = text("select id, priority from runs where id = any(cast(:ids as bigint[])) order by id")


class SelectQueued(Protocol):
    """Returns the runs that a list of the queue shows."""

    def __call__(
        self, connection: AsyncConnection, fields: QueueFilterFields, *, access: Access, most: int
    ) -> Awaitable[list[Selected]]: ...


@dataclass(slots=True)
class _Done:
    """What a request changed, in the order of the ids; `runs` are all runs that changed or were created."""

    selected: int = 0
    refusals: Refusals = field(default_factory=Refusals)
    changed: list[Selected] = field(default_factory=list)
    runs: list[RunChange] = field(default_factory=list)


async def change_runs(
    context: ServiceContext, request: BulkRuns, *, select_queued: SelectQueued, actor: Actor
) -> BulkResult:
    """Change many runs and return what was changed, and how many were not for which reason.

    A dry run does the same in a transaction that is rolled back. Raises `ValidationFailedError` where more are selected
    than one request changes, and `ConflictError` where there are more than it permits.
    """
    database = context.database
    async with database.trial() if request.dry_run else database.transaction() as connection:
        done = _Done()
        selected = await _select(connection, request, actor.access, select_queued, done)
        await _change(connection, context, request, selected, actor, done)
        if not request.dry_run:
            await _record(connection, request, done, actor)
    if not request.dry_run:
        await publish_many(context, done.runs)
    creates = isinstance(request, RetryRuns) and not request.dry_run
    return BulkResult(
        dry_run=request.dry_run,
        selected=done.selected,
        changed=len(done.changed),
        refused=done.refusals.answer(),
        ids=[run.id for run in done.changed],
        run_ids=[change.run.id for change in done.runs] if creates else [],
    )


async def _select(
    connection: AsyncConnection, request: BulkRuns, access: Access, select_queued: SelectQueued, done: _Done
) -> dict[int, Selected]:
    """Return the runs that a request means, which the user may read and change, in the order of their ids."""
    wanted: list[int] = []
    if request.filter is not None:
        found = await select_runs(connection, request.filter.wanted(), access=access, most=MOST_BULK + 1)
    elif request.queue is not None:
        found = await select_queued(connection, request.queue, access=access, most=MOST_BULK + 1)
    else:
        wanted = sorted(set(request.ids or ()))
        found = [Selected(*row) for row in await connection.execute(BY_IDS.within(access), {"ids": wanted})]
    done.selected = max(len(found), len(wanted))
    check_selected(done.selected, at_most=request.at_most, what="runs")
    selected = {run.id: run for run in found}
    for run_id in wanted:
        if run_id not in selected:
            done.refusals.add(BulkReason.GONE, run_id)
    for run in found:
        if not access.permits(run.folder, Permission.RUN):
            done.refusals.add(BulkReason.NOT_PERMITTED, run.id, run.name)
            del selected[run.id]
    return selected


async def _change(
    connection: AsyncConnection,
    context: ServiceContext,
    request: BulkRuns,
    selected: dict[int, Selected],
    actor: Actor,
    done: _Done,
) -> None:
    aging = context.settings.priority_aging
    match request:
        case CancelRuns():
            going = await _fitting(connection, request, selected, done)
            for part in _parts(going):
                done.runs += await cancel_runs(
                    connection,
                    part,
                    reason=f"cancelled by {actor.name}",
                    child_reason=f"cancelled with its parent run by {actor.name}",
                )
            _note_changed(selected, going, done)
        case RetryRuns():
            await _retry(connection, context, request, selected, done)
        case PrioritiseRuns():
            waiting = await _fitting(connection, request, selected, done)
            rows = await connection.execute(PRIORITIES, {"ids": waiting})
            former = {run_id: Priority.from_level(level) for run_id, level in rows}
            wanted = new_priorities(former, priority=request.priority, steps=request.steps)
            for run_id in former.keys() - wanted.keys():
                done.refusals.add(BulkReason.UNCHANGED, run_id, selected[run_id].name)
            for part in _parts(list(wanted)):
                done.runs += await set_priorities(connection, {one: wanted[one] for one in part}, aging=aging)
            _note_changed(selected, waiting, done)
        case StartRunsNow():
            waiting = await _fitting(connection, request, selected, done)
            for part in _parts(waiting):
                done.runs += await start_past_limits(connection, part)
            _note_changed(selected, waiting, done)


async def _fitting(
    connection: AsyncConnection, request: BulkRuns, selected: dict[int, Selected], done: _Done
) -> list[int]:
    """Lock the runs, and return those that a request changes."""
    lock = lock_with_children if isinstance(request, CancelRuns) else lock_runs
    locked = await lock(connection, selected)
    found = []
    for run in selected.values():
        reason = why_unchanged(request, locked[run.id].status if run.id in locked else None)
        if reason is None:
            found.append(run.id)
        else:
            done.refusals.add(reason, run.id, run.name)
    return found


def _note_changed(selected: dict[int, Selected], asked: Sequence[int], done: _Done) -> None:
    """Note those of the runs that changed; child runs changed with them."""
    changed = {change.run.id for change in done.runs}
    done.changed = [selected[run_id] for run_id in asked if run_id in changed]


async def _retry(
    connection: AsyncConnection,
    context: ServiceContext,
    request: RetryRuns,
    selected: dict[int, Selected],
    done: _Done,
) -> None:
    """Create a new run of each that has ended, and whose task exists."""
    sources = await lock_retried(connection, selected)
    tasks = await tasks_to_run(connection, {one.task_id for one in sources.values()})
    retried = []
    for run in selected.values():
        source = sources.get(run.id)
        reason = why_unchanged(request, source.status if source is not None else None)
        if reason is None and source is not None and source.task_id not in tasks:
            reason = BulkReason.TASK_DELETED
        if reason is not None:
            done.refusals.add(reason, run.id, run.name)
        elif source is not None:
            retried.append(source)
    aging = context.settings.priority_aging
    for part in _parts(retried):
        done.runs += await create_retries(connection, part, tasks, definition=request.definition, aging=aging)
    done.changed = [selected[one.id] for one in retried]


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE))


async def _record(connection: AsyncConnection, request: BulkRuns, done: _Done, actor: Actor) -> None:
    """Record the request in the audit log."""
    detail: dict[str, Any] = {}
    match request:
        case RetryRuns():
            new = bulk.ranges(change.run.id for change in done.runs)
            detail = {"run_ids": new, "definition": request.definition}
        case PrioritiseRuns():
            detail = {"priority": request.priority or f"{request.steps:+}"}
    selection = bulk.selection_detail(request.ids, filter=request.filter, queue=request.queue)
    await bulk.record(
        connection,
        actor=actor,
        kind="run",
        verb=request.action,
        changed=[(run.id, run.name) for run in done.changed],
        refusals=done.refusals,
        detail=detail | selection,
    )
