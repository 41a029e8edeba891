"""What waits and why, and what a person changes about the order."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import Actor, ServiceContext
from backend.queue import listing as store
from backend.queue.listing import QueueCursor, QueueRow
from backend.runs import claim as dispatch_queue
from backend.runs import listing as runs
from backend.runs import release as gate
from backend.runs.cancel import cancel_locked
from backend.runs.lifecycle import CancelDecision, decide_cancel
from backend.runs.limits import HeldRun, Hold
from backend.runs.model import RunChange, to_run
from backend.runs.outbox import publish
from backend.runs.waiting import UnmetEdge, WaitingFacts, decide_waiting, refusal_to_move
from backend.workers.assignment import WorkerLoad, why_unschedulable
from backend.workers.online import OnlineWorkers
from backend.workers.placement import demands
from shared.enums import DependencyCondition, DependencyWindow, Priority, QueueState, RunStatus
from shared.errors import ConflictError, NotFoundError
from shared.models.queue import QueueEntry, QueueMeta, QueuePage, QueueReason, RefusedRun, RunsChanged
from shared.models.run import Run

_MOST_TASKS = 500
_GATES = (Hold.LIMIT, Hold.OVERLAP, Hold.BACKFILL)
NOW = text("select now()")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """Which runs; `q` looks into the names of tasks."""

    states: Sequence[QueueState] = ()
    task_id: int | None = None
    q: str | None = None


class RunQueueService:
    """The use cases around the order of runs."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._workers = OnlineWorkers()

    async def find(self, wanted: QueueFilter, *, limit: int, cursor: str | None) -> QueuePage:
        """Return one page in the order of start, each run with the reason why it has not."""
        after = QueueCursor.decode(cursor) if cursor else None
        states = wanted.states or store.STATES
        async with self._context.database.transaction() as connection:
            task_ids: list[int] | None = None
            if wanted.q:
                task_ids = await store.tasks_named(connection, wanted.q, most=_MOST_TASKS)
            if wanted.task_id is not None:
                task_ids = [wanted.task_id] if task_ids is None or wanted.task_id in task_ids else []
            if task_ids is None:
                rows = await store.rows_in_order(connection, states=states, after=after, limit=limit + 1)
            else:
                rows = await store.rows_of_tasks(connection, task_ids, states=states, after=after, limit=limit + 1)
            counts = await store.counts(connection, task_ids)
            waiting = set(states) - {QueueState.RUNNING}
            has_positions = task_ids is None and waiting in ({QueueState.READY}, set(store.STATES[1:]))
            page = rows[:limit]
            first = after.position if after else 0
            entries = await self._entries(connection, page, first=first if has_positions else None)
        next_cursor = None
        if len(rows) > limit:
            last = page[-1]
            waited = first + sum(row.state is not QueueState.RUNNING for row in page)
            next_cursor = QueueCursor(last.state, last.key, last.run.id, waited).encode()
        total = sum(counts[state] for state in states)
        exact = all(counts[state] < store.COUNTED_UP_TO for state in states)
        return QueuePage(
            data=entries,
            meta=QueueMeta(
                next_cursor=next_cursor,
                total=total if exact else None,
                counts=counts,
                counted_up_to=store.COUNTED_UP_TO,
            ),
        )

    async def _entries(
        self, connection: AsyncConnection, rows: Sequence[QueueRow], *, first: int | None
    ) -> list[QueueEntry]:
        """Return the rows as people read them; `first` is how many waited before them, if that is known."""
        now: datetime = (await connection.execute(NOW)).scalar_one()
        held = [
            HeldRun(run.id, run.task_id, run.hold, 0, run.concurrency_group, run.backfill_id)
            for run in (one.run for one in rows)
            if run.hold in _GATES
        ]
        rooms = await gate.room_for(connection, held)
        blocked = sorted({one.run.task_id for one in rows if one.state is QueueState.BLOCKED})
        edges = await store.unmet_edges(connection, blocked)
        online = await self._workers.read(connection)
        slots = _SlotsInUse(online, (await dispatch_queue.look(connection)).in_flight)
        entries = []
        position = first
        for one in rows:
            run = one.run
            ahead = position if one.state is QueueState.READY else None
            if position is not None and one.state is not QueueState.RUNNING:
                position += 1
            group = run.concurrency_group
            total, taken = slots.of(run.placement)
            reason = decide_waiting(
                WaitingFacts(
                    status=run.status,
                    hold=run.hold,
                    now=now,
                    not_before=run.not_before,
                    attempt=run.attempt,
                    task=rooms.tasks.get(run.task_id),
                    group_name=group,
                    group=rooms.groups.get(group) if group else None,
                    group_wait=rooms.group_waits.get(group) if group else None,
                    backfill=rooms.backfills.get(run.backfill_id) if run.backfill_id else None,
                    slots=total,
                    taken=taken,
                    unschedulable=why_unschedulable(run.placement, online),
                    ahead=ahead,
                    upstreams=[_edge(edge) for edge in edges.get(run.task_id, [])],
                )
            )
            shown = to_run(run)
            if reason is not None:
                shown = shown.model_copy(update={"waiting_reason": reason.text})
            entries.append(
                QueueEntry(
                    position=position if one.state is not QueueState.RUNNING else None,
                    state=one.state,
                    reason=QueueReason.model_validate(reason) if reason is not None else None,
                    run=shown,
                )
            )
        return entries

    async def set_priority(self, run_ids: Sequence[int], priority: Priority, *, actor: Actor) -> RunsChanged:
        """Give waiting runs another priority, as if they had been queued with it."""

        async def change(connection: AsyncConnection, ids: Sequence[int]) -> list[RunChange]:
            return await store.set_priority(connection, ids, priority, aging=self._context.settings.priority_aging)

        return await self._move(run_ids, change, action="run.priority", detail={"priority": str(priority)}, actor=actor)

    async def start_now(self, run_ids: Sequence[int], *, actor: Actor) -> RunsChanged:
        """Let waiting runs go at once, before all others and past every limit.

        They become critical, and wait no longer for a limit of their task or group, a rate, an overlap, a
        backfill's pace, a retry's delay or other tasks. They count towards all of these. A slot of a worker that
        may take them they need like any run. No lock against the dispatcher is needed: what it lets through,
        claims or unblocks it asks again for the state it read, row by row.
        """
        return await self._move(run_ids, store.start_now, action="run.start_now", detail={}, actor=actor)

    async def _move(
        self,
        run_ids: Sequence[int],
        change: Callable[[AsyncConnection, Sequence[int]], Awaitable[list[RunChange]]],
        *,
        action: str,
        detail: dict[str, str],
        actor: Actor,
    ) -> RunsChanged:
        async with self._context.database.transaction() as connection:
            statuses = await store.lock_statuses(connection, run_ids)
            refused = [
                RefusedRun(run_id=run_id, reason=reason)
                for run_id in dict.fromkeys(run_ids)
                if (reason := refusal_to_move(run_id, _status(statuses, run_id))) is not None
            ]
            left_out = {one.run_id for one in refused}
            changes = await change(connection, sorted(set(run_ids) - left_out))
            await _record(connection, changes, action=action, detail=detail, actor=actor)
        publish(self._context, changes)
        return RunsChanged(changed=[change.run.id for change in changes], refused=refused)

    async def cancel(self, run_ids: Sequence[int], *, actor: Actor) -> RunsChanged:
        """Cancel runs, each for itself: what waits ends at once, what runs is asked to end."""
        async with self._context.database.transaction() as connection:
            statuses = await store.lock_statuses(connection, run_ids)
            refused = []
            left = []
            for run_id in dict.fromkeys(run_ids):
                status = _status(statuses, run_id)
                if status is None:
                    refused.append(RefusedRun(run_id=run_id, reason=f"There is no run {run_id}."))
                elif decide_cancel(status) is CancelDecision.TOO_LATE:
                    reason = f"Run {run_id} has ended already: it is {status}."
                    refused.append(RefusedRun(run_id=run_id, reason=reason))
                else:
                    left.append(run_id)
            changes = await cancel_locked(connection, sorted(left), actor=actor)
            done = set(left) & {change.run.id for change in changes}
            asked_for = [change for change in changes if change.run.id in done]
            await _record(connection, asked_for, action="run.cancel", detail={}, actor=actor)
        publish(self._context, changes)
        return RunsChanged(changed=[run_id for run_id in left if run_id in done], refused=refused)

    async def one(self, run_id: int, changed: RunsChanged) -> Run:
        """Return the run that was changed; raises what the one refusal stands for."""
        async with self._context.database.transaction() as connection:
            run = await runs.get_run(connection, run_id, online=await self._workers.read(connection))
        if run is None:
            raise NotFoundError(f"There is no run {run_id}; GET /api/runs lists those there are.")
        if changed.refused:
            raise ConflictError(changed.refused[0].reason)
        return run


class _SlotsInUse:
    """Slots of the workers that accept a placement, and how many of them are in use; worked out once each."""

    def __init__(self, online: Sequence[WorkerLoad], in_flight: dict[str, int]) -> None:
        self._online = online
        self._in_flight = in_flight
        self._known: dict[str, tuple[int, int]] = {}

    def of(self, placement: str) -> tuple[int, int]:
        if placement not in self._known:
            task_type, labels = demands(placement)
            fitting = [worker for worker in self._online if worker.accepts(task_type, labels)]
            self._known[placement] = (
                sum(worker.slots for worker in fitting),
                sum(self._in_flight.get(worker.id, 0) for worker in fitting),
            )
        return self._known[placement]


def _status(statuses: dict[int, str], run_id: int) -> RunStatus | None:
    return RunStatus(statuses[run_id]) if run_id in statuses else None


def _edge(row: RowMapping) -> UnmetEdge:
    return UnmetEdge(
        task_id=row["upstream_id"],
        task_name=row["name"],
        condition=DependencyCondition(row["condition"]),
        window=DependencyWindow(row["window_name"]),
        last_run_id=row["last_run_id"],
        last_status=RunStatus(row["last_status"]) if row["last_status"] else None,
    )


async def _record(
    connection: AsyncConnection, changes: Sequence[RunChange], *, action: str, detail: dict[str, str], actor: Actor
) -> None:
    """Leave an entry for each run in the audit trail."""
    await audit.record_many(
        connection,
        actor=actor.name,
        action=action,
        object_type="run",
        objects=[(change.run.id, change.run.task_name) for change in changes],
        detail=detail,
    )
