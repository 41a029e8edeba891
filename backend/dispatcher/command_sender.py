"""Sends commands to workers: sealed, in order, one message for each worker and batch."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog

from backend.broker.messages import WORKER_COMMANDS, Assign, Assignment, AttemptRef, Cancel, Revoke
from backend.broker.protocol import MessageQueue, NotRoutedError
from backend.broker.queues import worker_queue
from backend.dispatcher.command_seals import CommandSeals
from backend.faults.model import ITEM_ERRORS, set_aside
from backend.faults.reporter import FaultReporter
from backend.settings import Settings
from backend.workers.addresses import WorkerAddress
from shared.errors import BrokerUnavailableError

_PROBE_SECONDS = 2.0
"""A healthy broker confirms a message in milliseconds."""
_NO_QUEUE = "nobody"
"""A queue that does not exist: the broker confirms messages to it and drops them."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """Assignments that certainly reached no worker, so that their runs may be claimed again at once."""

    without_queue: Sequence[Assignment] = ()
    """Their worker has no queue."""
    too_late: Sequence[Assignment] = ()
    """They were claimed too long ago to be sent."""


class CommandSender:
    """Sole publisher to worker queues.

    Callers hold `in_order` from decision to send, so that an assignment arrives before its cancellation.
    """

    def __init__(
        self, broker: MessageQueue, settings: Settings, faults: FaultReporter, *, seals: CommandSeals | None = None
    ) -> None:
        """Without seals, commands go out as they are."""
        self._broker = broker
        self._seals = seals
        self._faults = faults
        self._settings = settings
        self._order = asyncio.Lock()

    @property
    def can_send(self) -> bool:
        """Whether the broker is connected."""
        return self._broker.is_connected

    async def accepts_messages(self) -> bool:
        """Return whether the broker accepts a message. It blocks publishers while its disk or memory is short."""
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                await self._broker.send(_NO_QUEUE, b"")
        except (BrokerUnavailableError, TimeoutError):
            return False
        return True

    @asynccontextmanager
    async def in_order(self) -> AsyncIterator[None]:
        """Prevent other callers from sending until the block ends."""
        async with self._order:
            yield

    async def assign(self, batches: Mapping[str, Sequence[Assignment]], *, claimed_at: float) -> Unsent:
        """Send each worker its assignments; return those that were not sent.

        If the broker fails, an assignment may have arrived or not, which the worker's heartbeat will show. Assignments
        are not sent later than half of their expiry after `claimed_at`, a monotonic time: this process may have been
        stopped, and the runs may have been assigned again.
        """
        loop = asyncio.get_running_loop()
        latest = claimed_at + self._lifetime.total_seconds()
        if loop.time() >= latest:
            log.warning("Assignments were claimed too long ago to be sent.", workers=sorted(batches))
            return Unsent(too_late=[assignment for assignments in batches.values() for assignment in assignments])
        try:
            async with asyncio.timeout_at(latest):
                addresses = await self._addresses(batches)
                results = await asyncio.gather(
                    *(
                        self._send(worker_id, Assign(list(assignments)), addresses, expires=self._lifetime)
                        for worker_id, assignments in batches.items()
                    )
                )
        except TimeoutError:
            log.warning("Assignments may have expired before they were sent.", workers=sorted(batches))
            return Unsent()
        return Unsent(
            without_queue=[
                assignment
                for arrived, assignments in zip(results, batches.values(), strict=True)
                if not arrived
                for assignment in assignments
            ]
        )

    async def cancel(self, worker_id: str, attempts: Sequence[AttemptRef]) -> None:
        """Request that a worker ends attempts and reports their results."""
        await self._send(worker_id, Cancel(list(attempts)), await self._addresses([worker_id]))

    async def revoke(self, worker_id: str, attempts: Sequence[AttemptRef]) -> None:
        """Tell a worker to end attempts without a report, because they were assigned again."""
        await self._send(worker_id, Revoke(list(attempts)), await self._addresses([worker_id]))

    @property
    def _lifetime(self) -> timedelta:
        """How long an assignment may wait here, and then again in the broker; after both its run is assigned again."""
        return self._settings.assignment_expiry / 2

    def forget_addresses(self) -> None:
        """Ask again which process of each worker lives: a worker came, left or was restarted."""
        if self._seals is not None:
            self._seals.forget_addresses()

    async def _addresses(self, worker_ids: Iterable[str]) -> Mapping[str, WorkerAddress]:
        return {} if self._seals is None else await self._seals.addresses(worker_ids)

    async def _send(
        self,
        worker_id: str,
        command: Assign | Cancel | Revoke,
        addresses: Mapping[str, WorkerAddress],
        *,
        expires: timedelta | None = None,
    ) -> bool:
        body = WORKER_COMMANDS.encode(command)
        headers = None
        if self._seals is not None:
            headers = self._seals.headers(worker_id, addresses.get(worker_id), body)
            if headers is None:
                log.warning("A worker has no key, so it gets no command.", worker=worker_id, kind=command.kind)
                return False
        try:
            await self._broker.send(
                worker_queue(worker_id).name,
                body,
                must_route=True,
                expires=expires,
                headers=headers,
            )
        except NotRoutedError:
            return False
        except ITEM_ERRORS as error:
            self._faults.report(
                set_aside(
                    "worker",
                    worker_id,
                    cause=error,
                    next_step="No command can be sent to it. Start it again with an id of ASCII letters and digits.",
                )
            )
            return False
        except BrokerUnavailableError as error:
            log.warning("A command may not have arrived.", worker=worker_id, kind=command.kind, cause=error.detail)
        return True
