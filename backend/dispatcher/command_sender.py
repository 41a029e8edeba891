"""Telling workers what to do: signed, in order, in one message a worker and batch."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from backend.broker.messages import WORKER_COMMANDS, Assign, Assignment, AttemptRef, Cancel, Revoke
from backend.broker.protocol import MessageQueue, NotRoutedError
from backend.broker.queues import worker_queue
from backend.broker.signing import SIGNATURE_HEADER, sign
from backend.settings import Settings
from shared.errors import BrokerUnavailableError

_PROBE_SECONDS = 2.0
_NOBODY = "nobody"
"""A queue that is not there: what is sent to it is confirmed and gone."""

log = structlog.get_logger()


class CommandSender:
    """The only one that sends to `worker.{id}`; who decides and sends holds `in_order` meanwhile,

    so that an assignment and its cancel arrive in that order.
    """

    def __init__(self, broker: MessageQueue, settings: Settings) -> None:
        self._broker = broker
        self._settings = settings
        self._order = asyncio.Lock()

    @property
    def can_send(self) -> bool:
        """Whether the broker answers now."""
        return self._broker.is_connected

    async def takes_messages(self) -> bool:
        """Whether the broker takes a message: while its disk or memory is short it holds back whoever sends."""
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                await self._broker.send(_NOBODY, b"")
        except (BrokerUnavailableError, TimeoutError):
            return False
        return True

    @asynccontextmanager
    async def in_order(self) -> AsyncIterator[None]:
        """Keep others from sending until what is decided here is sent."""
        async with self._order:
            yield

    async def assign(self, batches: Mapping[str, Sequence[Assignment]], *, claimed_at: float) -> list[Assignment]:
        """Send each worker its assignments, claimed at this monotonic time; return those whose worker is gone.

        Where the broker failed in between, an assignment may have arrived or not: it is left to the
        worker's heartbeat to tell. One that could not be sent in its time is not sent at all: this process
        may have been stopped meanwhile, and the run be another's.
        """
        try:
            async with asyncio.timeout_at(claimed_at + self._lifetime.total_seconds()):
                results = await asyncio.gather(
                    *(
                        self._send(worker_id, Assign(list(assignments)), expires=self._lifetime)
                        for worker_id, assignments in batches.items()
                    )
                )
        except TimeoutError:
            log.warning("assignments were not sent in their time", workers=sorted(batches))
            return []
        return [
            assignment
            for arrived, assignments in zip(results, batches.values(), strict=True)
            if not arrived
            for assignment in assignments
        ]

    async def cancel(self, worker_id: str, attempts: Sequence[AttemptRef]) -> None:
        """Ask a worker to end attempts and to report what came of it."""
        await self._send(worker_id, Cancel(list(attempts)))

    async def revoke(self, worker_id: str, attempts: Sequence[AttemptRef]) -> None:
        """Tell a worker that attempts are no longer its."""
        await self._send(worker_id, Revoke(list(attempts)))

    @property
    def _lifetime(self) -> timedelta:
        """How long an assignment may wait here, and then in the broker: together, until it is given up."""
        return self._settings.assignment_expiry / 2

    async def _send(
        self, worker_id: str, command: Assign | Cancel | Revoke, *, expires: timedelta | None = None
    ) -> bool:
        body = WORKER_COMMANDS.encode(command)
        key = self._settings.signing_key
        headers = {SIGNATURE_HEADER: sign(body, worker_id=worker_id, key=key)} if key else None
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
        except BrokerUnavailableError as error:
            log.warning("a command may not have arrived", worker=worker_id, kind=command.kind, cause=error.detail)
        return True
