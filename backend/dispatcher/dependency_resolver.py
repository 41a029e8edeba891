"""Starts tasks whose upstream tasks have run."""

from itertools import groupby

from sqlalchemy import RowMapping

from backend.domain.dependencies import DependenciesMet, Edge, decide_dependencies
from backend.domain.dispatch_order import placement
from backend.domain.gate import Hold
from backend.services.context import ServiceContext
from backend.services.signals import Wake, WakeBox
from backend.store import dependencies as store
from backend.store.leadership import LeaderSession
from backend.store.run_creation import NewRun, insert_runs
from shared.enums import EventType, Priority, RunTrigger, TaskStatus

_SWEEP_SECONDS = 60.0


class DependencyResolver:
    """Looks at the edges around each task that ended a run or got an occurrence."""

    def __init__(self, context: ServiceContext, session: LeaderSession, *, created: WakeBox) -> None:
        self.box = WakeBox()
        self._context = context
        self._session = session
        self._created = created

    async def run(self) -> None:
        """Resolve until cancelled."""
        while True:
            wake = await self.box.take(timeout_seconds=_SWEEP_SECONDS)
            while await self._resolve(wake):
                pass

    async def _resolve(self, wake: Wake) -> bool:
        """Start what may go; return whether anything did, so that one more may wait behind it."""
        new_runs: list[NewRun] = []
        consumed: list[tuple[int, int, int]] = []
        unblocked: list[tuple[int, int, str | None]] = []
        async with self._session.transaction() as connection:
            task_ids = list(wake.task_ids)
            if wake.all_tasks or not wake:
                task_ids = await store.tasks_with_edges(connection)
            if not task_ids:
                return False
            rows = await store.edges_of(connection, task_ids)
            for task_id, group in groupby(rows, key=lambda row: row["task_id"]):
                edges = list(group)
                met = decide_dependencies(
                    [Edge(edge["upstream_id"], edge["run_id"], edge["completed_at"]) for edge in edges]
                )
                task = edges[0]
                if met is None or task["status"] != TaskStatus.ACTIVE:
                    continue
                if not task["has_schedule"]:
                    new_runs.append(_dependent_run(task, met))
                elif task["blocked_run_id"] is not None:
                    hold = Hold.LIMIT if task["max_concurrency"] is not None else None
                    unblocked.append((task["blocked_run_id"], met.parent_run_id, hold))
                else:
                    continue
                consumed += [(task_id, upstream_id, run_id) for upstream_id, run_id in met.consumed]
            if not consumed:
                return False
            await store.consume(connection, consumed)
            if unblocked:
                await store.unblock(connection, unblocked)
            created = (
                await insert_runs(connection, new_runs, aging=self._context.settings.priority_aging) if new_runs else []
            )
        self._context.events.publish_runs(EventType.RUN_CREATED, created)
        self._created.put(Wake(runs=True, task_ids={task_id for task_id, _, _ in consumed}))
        return True


def _dependent_run(task: RowMapping, met: DependenciesMet) -> NewRun:
    return NewRun(
        task_id=task["task_id"],
        task_version=task["version"],
        trigger=RunTrigger.DEPENDENCY,
        priority=Priority.from_level(task["priority"]),
        placement=placement(task["task_type"], task["worker_labels"]),
        hold=Hold.LIMIT if task["max_concurrency"] is not None else None,
        parent_run_id=met.parent_run_id,
    )
