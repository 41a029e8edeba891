"""The queue as people read it: runs in the order in which they start, each with the reason why it has not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.bulk import Selected
from backend.context import ServiceContext
from backend.queue.order import (
    COUNTED_UP_TO,
    STATES,
    QueueCursor,
    QueueRow,
    counts,
    rows_in_order,
    rows_of_tasks,
    select_in_states,
)
from backend.runs.filter import tasks_named
from backend.runs.model import to_run
from backend.runs.waiting_facts import explain
from backend.workers.online import OnlineWorkers
from shared.access import Access
from shared.enums import QueueState
from shared.models.queue import QueueEntry, QueueFilterFields, QueueMeta, QueuePage
from shared.models.waiting import WaitingReason

_MOST_TASKS = 500
"""As many tasks as a search in names covers: the runs of each are read from an index of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """Which runs; no state means all, no `task_ids` all tasks, `text` is in the task's name."""

    states: Sequence[QueueState] = ()
    task_ids: Sequence[int] | None = None
    text: str = ""

    @classmethod
    def of(cls, fields: QueueFilterFields) -> Self:
        """Return the filter of a request."""
        task_ids = fields.task_ids
        if fields.task_id is not None:
            task_ids = [fields.task_id] if task_ids is None or fields.task_id in task_ids else []
        return cls(states=fields.state, task_ids=task_ids, text=fields.q or "")


async def list_queue(
    context: ServiceContext,
    wanted: QueueFilter,
    *,
    limit: int,
    cursor: str | None,
    online: OnlineWorkers,
    access: Access,
) -> QueuePage:
    """Return one page of the runs that a user may read, in the order of start.

    Raises `ValidationFailedError` for a cursor of another list.
    """
    after = QueueCursor.decode(cursor) if cursor else None
    states = wanted.states or STATES
    async with context.database.transaction() as connection:
        task_ids = await _task_ids(connection, wanted, access)
        if task_ids is None and access.reads_all:
            rows = await rows_in_order(connection, states=states, after=after, limit=limit + 1)
        else:
            rows = await rows_of_tasks(connection, task_ids, access, states=states, after=after, limit=limit + 1)
        in_state = await counts(connection, task_ids, access)
        waiting_states = set(states) - {QueueState.RUNNING}
        has_positions = (
            task_ids is None and access.reads_all and waiting_states in ({QueueState.READY}, set(STATES[1:]))
        )
        page = rows[:limit]
        first = after.position if after else 0
        entries = await _entries(connection, page, first=first if has_positions else None, online=online, access=access)
    next_cursor = None
    if len(rows) > limit:
        last = page[-1]
        waited = first + sum(row.state is not QueueState.RUNNING for row in page)
        next_cursor = QueueCursor(last.state, last.key, last.run.id, waited).encode()
    total = sum(in_state[state] for state in states)
    is_exact = all(in_state[state] < COUNTED_UP_TO for state in states)
    return QueuePage(
        data=entries,
        meta=QueueMeta(
            next_cursor=next_cursor,
            total=total if is_exact else None,
            counts=in_state,
            counted_up_to=COUNTED_UP_TO,
        ),
    )


async def select_queued(
    connection: AsyncConnection, fields: QueueFilterFields, *, access: Access, most: int
) -> list[Selected]:
    """Return up to `most` of the runs that the list of this filter shows, in the order of their ids."""
    wanted = QueueFilter.of(fields)
    task_ids = await _task_ids(connection, wanted, access)
    return await select_in_states(connection, task_ids, access, states=wanted.states or STATES, most=most)


async def _task_ids(connection: AsyncConnection, wanted: QueueFilter, access: Access) -> list[int] | None:
    """Return the tasks whose runs are listed; None: all that the user may read."""
    named = await tasks_named(connection, wanted.text, access, most=_MOST_TASKS) if wanted.text else None
    if wanted.task_ids is None:
        return named
    return [task_id for task_id in set(wanted.task_ids) if named is None or task_id in named]


async def _entries(
    connection: AsyncConnection, rows: Sequence[QueueRow], *, first: int | None, online: OnlineWorkers, access: Access
) -> list[QueueEntry]:
    """Return the rows as people read them; `first` counts what waits before them, if that is known."""
    positions: dict[int, int] = {}
    if first is not None:
        waiting = (row.run.id for row in rows if row.state is not QueueState.RUNNING)
        positions = {run_id: first + place for place, run_id in enumerate(waiting)}
    ahead = {row.run.id: positions[row.run.id] for row in rows if row.state is QueueState.READY and positions}
    reasons = await explain(connection, [row.run for row in rows], online=online, access=access, ahead=ahead)
    entries = []
    for row in rows:
        reason, place = reasons.get(row.run.id), positions.get(row.run.id)
        entries.append(
            QueueEntry(
                position=place + 1 if place is not None else None,
                state=row.state,
                reason=WaitingReason.model_validate(reason) if reason is not None else None,
                run=to_run(row.run, reason=reason),
            )
        )
    return entries
