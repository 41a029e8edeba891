"""Makes the runs of broadcast and sharded occurrences, and gives each group its one outcome."""

from collections.abc import Sequence

import structlog
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.context import ServiceContext
from backend.database.leadership import LeaderSession
from backend.events.wakes import WakeReason, WakeReceiver
from backend.runs import fan_out as store
from backend.runs import listing as runs
from backend.runs.create import NewRun, insert_runs
from backend.runs.fan_out_plan import decide_group, members, worker_of
from backend.runs.limits import hold_at_birth
from backend.runs.model import RunChange
from backend.runs.outbox import publish
from backend.workers import registry as workers
from backend.workers.assignment import WorkerLoad
from backend.workers.online import read_online_workers
from backend.workers.placement import demands
from shared.enums import Priority, RunDistribution, RunStatus, RunTrigger

_SWEEP_SECONDS = 5.0

log = structlog.get_logger()


class FanOutExpander:
    """Expands parent runs and finishes those whose child runs have ended."""

    def __init__(self, context: ServiceContext, session: LeaderSession) -> None:
        self.wakes = WakeReceiver(
            {
                WakeReason.FAN_OUT_READY,
                WakeReason.WORKERS_CHANGED,
                WakeReason.TASKS_CHANGED,
                WakeReason.ALL_TASKS_CHANGED,
            }
        )
        self.wakes.only_tasks = frozenset()
        self._context = context
        self._session = session

    async def run(self) -> None:
        """Expand and finish until cancelled."""
        while True:
            await self.wakes.wait(timeout_seconds=_SWEEP_SECONDS)
            while await self._expand():
                pass
            await self._finish()

    async def _expand(self) -> bool:
        """Make the runs of groups that were let through; return whether there were any."""
        async with self._session.transaction() as connection:
            groups = await store.to_expand(connection)
            if not groups:
                return False
            online = await read_online_workers(connection)
            new: list[NewRun] = []
            expanded = []
            for group in groups:
                made = _members(group, online)
                if made:
                    new += made
                    expanded.append(group)
            if not expanded:
                return False
            opened = await store.mark_open(connection, [group["id"] for group in expanded])
            created = await insert_runs(connection, new, aging=self._context.settings.priority_aging)
        self.wakes.only_tasks = {*(self.wakes.only_tasks or ()), *(group["task_id"] for group in expanded)}
        publish(self._context, [*opened, *created])
        return True

    async def _finish(self) -> None:
        """Give groups an outcome whose runs have all ended; end what waits for a worker that has gone."""
        async with self._session.transaction() as connection:
            waiting = await store.waiting_members(connection)
            ended = await self._end_without_worker(connection, waiting) if waiting else []
            groups = await store.open_groups(connection)
            outcomes = [
                (group["id"], outcome)
                for group in groups
                if (
                    outcome := decide_group(
                        {RunStatus(status): count for status, count in (group["counts"] or {}).items()},
                        cancel_requested=group["cancel_requested"],
                    )
                )
            ]
            finished = await store.finish(connection, outcomes) if outcomes else []
        done = {change.run.id for change in finished}
        self.wakes.only_tasks = {group["task_id"] for group in groups if group["id"] not in done}
        publish(self._context, [*ended, *finished])

    async def _end_without_worker(self, connection: AsyncConnection, waiting: Sequence[RowMapping]) -> list[RunChange]:
        there = {worker.id for worker in await workers.live_workers(connection)}
        gone: dict[str, list[int]] = {}
        for row in waiting:
            worker_id = worker_of(row["placement"])
            if worker_id is not None and worker_id not in there:
                gone.setdefault(worker_id, []).append(row["id"])
        ended: list[RunChange] = []
        for worker_id, run_ids in gone.items():
            log.info("a broadcast goes on without a worker that left", worker=worker_id, runs=len(run_ids))
            ended += await runs.cancel_at_once(connection, run_ids, reason=f"worker {worker_id} left before it began")
        return ended


def _members(group: RowMapping, online: list[WorkerLoad]) -> list[NewRun]:
    task_type, labels = demands(group["placement"])
    found = members(
        RunDistribution(group["distribution"]),
        group_placement=group["placement"],
        shard_count=group["shard_count"],
        worker_ids=[worker.id for worker in online if worker.accepts(task_type, labels)],
    )
    return [
        NewRun(
            task_id=group["task_id"],
            task_version=group["task_version"],
            trigger=RunTrigger.FAN_OUT,
            priority=Priority.from_level(group["priority"]),
            placement=member.placement,
            hold=hold_at_birth(
                max_concurrency=group["max_concurrency"],
                group=group["concurrency_group"],
                is_expanded=False,
                ignores=group["ignores_limits"],
            ),
            ignores_limits=group["ignores_limits"],
            concurrency_group=group["concurrency_group"],
            scheduled_for=group["scheduled_for"],
            arguments=group["arguments"],
            environment=group["environment"],
            fan_out_run_id=group["id"],
            shard_index=member.index,
            shard_total=len(found),
        )
        for member in found
    ]
