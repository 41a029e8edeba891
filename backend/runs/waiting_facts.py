"""Reads what decides why runs have not started."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.folder_conditions import FolderStatement
from backend.runs.claim import read_assign_facts
from backend.runs.limits import GATES, HeldRun
from backend.runs.model import RunRow, waiting_facts
from backend.runs.of_task import newest_first, runs_of
from backend.runs.release import room_for
from backend.runs.waiting import UnmetEdge, WaitingDecision, decide_waiting
from backend.workers.assignment import Unschedulable, WorkerLoad, why_unschedulable
from backend.workers.online import OnlineWorkers, read_refused_workers
from backend.workers.placement import demands
from shared.access import Access
from shared.enums import DependencyCondition, DependencyWindow, RunStatus

NOW = text("select now()")

# The dependencies of blocked tasks that no unconsumed upstream run satisfies, each with the upstream's last run (one
# probe of runs_by_task each). Only the dispatcher evaluates those on a whole period, so all of them are returned.
UNMET_EDGES = FolderStatement(
    f"""
    select d.task_id, d.upstream_id, d.condition, d.period as window_name,
        case when granted(t.folder) then t.name end as name, last.id as last_run_id, last.status as last_status
    from task_dependencies d
    join tasks t on t.id = d.upstream_id
    left join lateral (
        select id, status from runs u where {runs_of("d.upstream_id", runs="u")} and fan_out_run_id is null
        order by {newest_first("u")} limit 1
    ) last on true
    where d.task_id = any(cast(:task_ids as bigint[])) and (d.period = 'period' or (
        select true from runs r where {runs_of("d.upstream_id", after="d.consumed_run_id")} and r.fan_out_run_id is null
            and case d.condition
                when 'success' then r.status = 'succeeded'
                when 'failure' then r.status in ('failed', 'timed_out')
                else r.status in ('succeeded', 'failed', 'timed_out', 'cancelled') end
        order by {newest_first()} limit 1) is null)
    order by d.task_id, t.name
    """,  # noqa: S608
)


async def explain(
    connection: AsyncConnection,
    runs: Sequence[RunRow],
    *,
    online: OnlineWorkers,
    access: Access,
    ahead: Mapping[int, int] | None = None,
) -> dict[int, WaitingDecision]:
    """Return why each run that has not started waits; `ahead` counts, for some, the runs that go before it.

    Upstream tasks that a user may not read are not named.
    """
    waiting = [run for run in runs if run.status in (RunStatus.BLOCKED, RunStatus.PENDING)]
    if not waiting:
        return {}
    blocked = sorted({run.task_id for run in waiting if run.status is RunStatus.BLOCKED})
    edges = await _unmet_edges(connection, blocked, access)
    pending = [run for run in waiting if run.status is RunStatus.PENDING]
    rooms = await room_for(
        connection,
        [
            HeldRun(run.id, run.task_id, run.hold, 0, run.concurrency_group, run.backfill_id)
            for run in pending
            if run.hold in GATES
        ],
    )
    workers = _Workers()
    if any(run.hold not in GATES for run in pending):
        workers = _Workers(
            await online.read(connection),
            (await read_assign_facts(connection)).in_flight,
            refused=await read_refused_workers(connection),
        )
    now: datetime | None = (await connection.execute(NOW)).scalar_one() if rooms.rate_waits else None
    reasons = {}
    for run in waiting:
        facts = waiting_facts(run)
        if run.status is RunStatus.BLOCKED:
            facts = replace(facts, upstreams=edges.get(run.task_id, []))
        elif run.hold in GATES:
            name = run.concurrency_group
            wait = rooms.rate_waits.get(name) if name is not None else None
            facts = replace(
                facts,
                task_room=rooms.tasks.get(run.task_id),
                concurrency_group_room=rooms.concurrency_groups.get(name) if name is not None else None,
                rate_allows_at=now + wait if now is not None and wait is not None else None,
                backfill_room=rooms.backfills.get(run.backfill_id) if run.backfill_id is not None else None,
            )
        else:
            slots, taken, unschedulable = workers.for_placement(run.placement)
            facts = replace(
                facts, slots=slots, taken=taken, unschedulable=unschedulable, ahead=(ahead or {}).get(run.id)
            )
        reason = decide_waiting(facts)
        if reason is not None:
            reasons[run.id] = reason
    return reasons


class _Workers:
    """The online workers, and how many of their slots are in use; worked out once for each placement."""

    def __init__(
        self,
        online: Sequence[WorkerLoad] = (),
        in_flight: Mapping[str, int] | None = None,
        *,
        refused: Sequence[WorkerLoad] = (),
    ) -> None:
        self._online = online
        self._in_flight = in_flight or {}
        self._refused = refused
        self._known: dict[str, tuple[int, int, Unschedulable | None]] = {}

    def for_placement(self, placement: str) -> tuple[int, int, Unschedulable | None]:
        """Return the slots of the workers that accept it, how many are in use, and why none could ever take it."""
        if placement not in self._known:
            task_type, labels = demands(placement)
            fitting = [worker for worker in self._online if worker.accepts(task_type, labels)]
            self._known[placement] = (
                sum(worker.slots for worker in fitting),
                sum(self._in_flight.get(worker.id, 0) for worker in fitting),
                why_unschedulable(placement, self._online, refused=self._refused),
            )
        return self._known[placement]


async def _unmet_edges(
    connection: AsyncConnection, task_ids: Sequence[int], access: Access
) -> dict[int, list[UnmetEdge]]:
    found: dict[int, list[UnmetEdge]] = {}
    if task_ids:
        for row in await connection.execute(UNMET_EDGES.within(access), {"task_ids": list(task_ids)}):
            edge = UnmetEdge(
                task_id=row.upstream_id,
                task_name=row.name or "",
                condition=DependencyCondition(row.condition),
                window=DependencyWindow(row.window_name),
                last_run_id=row.last_run_id if row.name else None,
                last_status=RunStatus(row.last_status) if row.last_status and row.name else None,
            )
            found.setdefault(row.task_id, []).append(edge)
    return found
