"""Gives waiting runs to workers, in batches, as soon as there is a run and a slot."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.broker.messages import Assignment, UpstreamResult
from backend.context import ServiceContext
from backend.database.leadership import LeaderSession
from backend.dispatcher.command_sender import CommandSender
from backend.events.wakes import Wake, WakeReason, WakeReceiver
from backend.runs import claim as dispatch_queue
from backend.runs.claim import ClaimedRun
from backend.runs.model import RunChange, RunChangeKind
from backend.runs.outbox import publish
from backend.runs.timings import mean_run_times
from backend.runs.upstreams import read_upstreams
from backend.tasks.versions import read_definitions
from backend.workers.assignment import SchedulingStrategy, assign, room_by_placement
from backend.workers.online import OnlineWorkers
from shared.models.task import TaskFields

BATCH = 128
_KEPT_DEFINITIONS = 10_000
_MOST_PARKED = 2000
_SWEEP_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 1.0

log = structlog.get_logger()


class Assigner:
    """Claims runs through the leader's session and sends them to their workers."""

    def __init__(
        self,
        context: ServiceContext,
        session: LeaderSession,
        sender: CommandSender,
        *,
        strategy: SchedulingStrategy,
    ) -> None:
        self.wakes = WakeReceiver({WakeReason.RUNS_READY, WakeReason.WORKERS_CHANGED})
        self._context = context
        self._session = session
        self._sender = sender
        self._strategy = strategy
        self._parked: set[int] = set()
        self._online = OnlineWorkers(mean_run_times)
        self._definitions: OrderedDict[tuple[int, int], TaskFields] = OrderedDict()

    async def run(self) -> None:
        """Assign until cancelled; a slow sweep is the safety net for a wake that was lost."""
        while True:
            wake = await self.wakes.wait(timeout_seconds=_SWEEP_SECONDS)
            if wake.has(WakeReason.WORKERS_CHANGED) or not wake:
                self._online.expire()
            self._parked.clear()
            while self._sender.can_send and await self._assign_batch():
                pass

    async def _assign_batch(self) -> bool:
        """Assign one batch; return whether it was full, so that more may wait."""
        async with self._sender.in_order():
            # Each statement is committed by itself: the claim is one, and what follows it is only read. Where that
            # fails, the runs are dispatched without a message, and their workers' heartbeats tell.
            async with self._session.statements() as connection:
                online = await self._online.read(connection)
                if not online:
                    return False
                seen = await dispatch_queue.look(connection)
                for worker in online:
                    worker.in_flight = seen.in_flight.get(worker.id, 0)
                room = room_by_placement(seen.placements, [worker for worker in online if worker.free])
                if not room:
                    return False
                ready = await dispatch_queue.ready_runs(connection, room, batch=BATCH, parked=self._parked)
                choices, parked = assign(ready, online, strategy=self._strategy)
                # What a strategy lets wait must not hide what stands behind it: the next look is without those tasks.
                has_more = len(choices) >= BATCH or (bool(parked - self._parked) and len(self._parked) < _MOST_PARKED)
                self._parked |= parked
                if not choices:
                    return has_more
                claimed_at = asyncio.get_running_loop().time()
                claimed = await dispatch_queue.claim(connection, choices)
                definitions = await self._definitions_of(connection, claimed)
                upstreams = await _upstreams_of(connection, claimed)
            await self._send(claimed, definitions, upstreams, claimed_at=claimed_at)
        return has_more

    async def _definitions_of(
        self, connection: AsyncConnection, claimed: Sequence[ClaimedRun]
    ) -> dict[tuple[int, int], TaskFields]:
        """Return what each run's task was at the run's version; a version never changes, so it is kept."""
        wanted = {(one.run.task_id, one.run.task_version) for one in claimed}
        missing = [key for key in wanted if key not in self._definitions]
        if missing:
            self._definitions.update(await read_definitions(connection, missing))
        found = {}
        for key in wanted:
            found[key] = self._definitions[key]
            self._definitions.move_to_end(key)
        while len(self._definitions) > _KEPT_DEFINITIONS:
            self._definitions.popitem(last=False)
        return found

    async def _send(
        self,
        claimed: Sequence[ClaimedRun],
        definitions: dict[tuple[int, int], TaskFields],
        upstreams: Mapping[int, list[UpstreamResult]],
        *,
        claimed_at: float,
    ) -> None:
        batches: dict[str, list[Assignment]] = {}
        by_run: dict[int, str] = {}
        for one in claimed:
            run = one.run
            assert run.worker_id is not None
            by_run[run.id] = run.worker_id
            definition = definitions[run.task_id, run.task_version]
            batches.setdefault(run.worker_id, []).append(
                _assignment(one, definition, upstreams.get(run.fan_out_run_id or run.id, []))
            )
        refused = await self._sender.assign(batches, claimed_at=claimed_at)
        gone = {(assignment.run_id, assignment.attempt) for assignment in refused}
        publish(
            self._context,
            (
                RunChange(RunChangeKind.DISPATCHED, one.run)
                for one in claimed
                if (one.run.id, one.run.attempt) not in gone
            ),
        )
        if not gone:
            return
        for run_id, _ in gone:
            worker_id = by_run[run_id]
            self._online.exclude(worker_id)
            log.info("A worker has no queue. It gets no runs until its next heartbeat.", worker=worker_id)
        async with self._session.transaction() as connection:
            returned = await dispatch_queue.take_back(connection, sorted(gone))
        publish(self._context, returned)
        # A heartbeat that changes no status wakes no loop, and so does not show that the worker has its queue again.
        read_workers = Wake(frozenset({WakeReason.WORKERS_CHANGED}))
        asyncio.get_running_loop().call_later(_LOOK_AGAIN_SECONDS, self.wakes.add, read_workers)


async def _upstreams_of(connection: AsyncConnection, claimed: Sequence[ClaimedRun]) -> dict[int, list[UpstreamResult]]:
    """Return the results that runs build on; the runs of a group build on what their group does."""
    wanted = {
        one.run.fan_out_run_id or one.run.id for one in claimed if one.run.parent_run_id or one.run.fan_out_run_id
    }
    if not wanted:
        return {}
    found = await read_upstreams(connection, sorted(wanted))
    return {
        run_id: [
            UpstreamResult(task_name=run.task_name, run_id=run.run_id, status=run.status, output=run.output)
            for run in runs
        ]
        for run_id, runs in found.items()
    }


def _timeout_seconds(claimed: ClaimedRun, definition: TaskFields) -> float:
    """Return how long the attempt may take: what is left of the whole chain of retries, if that is less."""
    if definition.retry_timeout_seconds is None:
        return definition.timeout_seconds
    left = definition.retry_timeout_seconds - claimed.tried_for.total_seconds()
    return max(1.0, min(float(definition.timeout_seconds), left))


def _assignment(claimed: ClaimedRun, definition: TaskFields, upstreams: list[UpstreamResult]) -> Assignment:
    """Return what the worker is told: the run's own arguments and environment over its task's."""
    run = claimed.run
    return Assignment(
        run_id=run.id,
        attempt=run.attempt,
        task_id=run.task_id,
        task_name=run.task_name,
        executor=definition.executor,
        command=definition.command,
        arguments=claimed.arguments if claimed.arguments is not None else definition.arguments,
        environment=definition.environment | (claimed.environment or {}),
        working_directory=definition.working_directory,
        timeout_seconds=_timeout_seconds(claimed, definition),
        scheduled_for=run.scheduled_for,
        shard_index=run.shard_index,
        shard_total=run.shard_total,
        fan_out_run_id=run.fan_out_run_id,
        upstreams=upstreams,
        max_memory_mb=definition.max_memory_mb,
        max_cpu_seconds=definition.max_cpu_seconds,
        max_open_files=definition.max_open_files,
    )
