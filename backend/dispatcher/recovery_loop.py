"""Watches the heartbeats that are stored, and recovers the runs of lost workers."""

import time

import structlog

from backend.context import ServiceContext
from backend.database.leadership import LeaderSession
from backend.dispatcher.command_sender import CommandSender
from backend.events.wakes import WakeReason, WakeReceiver
from backend.runs.outbox import publish
from backend.runs.recover import RecoverPass, RunRecovery
from shared.enums import EventType

_TICK_SECONDS = 1.0
"""No event announces silence, so the heartbeats are compared with the clock. A worker is found lost this much later
than its timeout at most."""

log = structlog.get_logger()


class RecoveryLoop:
    """Does not count silence while the broker is away, because no heartbeat can arrive then."""

    def __init__(self, context: ServiceContext, session: LeaderSession, sender: CommandSender) -> None:
        self.wakes = WakeReceiver(())
        self._context = context
        self._session = session
        self._sender = sender
        self._recovery = RunRecovery(
            heartbeat_timeout=context.settings.heartbeat_timeout,
            settled_after=context.settings.assignment_expiry,
            replica_id=context.replica_id,
            max_lost_attempts=context.settings.max_lost_attempts,
            tracer=context.tracer,
        )
        self._was_away = True

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            if not await self._can_receive_heartbeats():
                self._was_away = True
            else:
                if self._was_away:
                    self._recovery.restart_clocks(now=time.monotonic())
                    self._was_away = False
                self._context.passes.record(await self._recover())
            await self.wakes.wait(timeout_seconds=_TICK_SECONDS)

    async def _can_receive_heartbeats(self) -> bool:
        """Return whether silence means anything. A broker that accepts no message accepts no heartbeat either."""
        if not self._sender.can_send:
            return False
        next_tick = time.monotonic() + _TICK_SECONDS
        return not self._recovery.is_any_silent(at=next_tick) or await self._sender.accepts_messages()

    async def _recover(self) -> RecoverPass:
        async with self._session.transaction() as connection:
            result = await self._recovery.recover(connection, now=time.monotonic())
        for worker in result.lost:
            log.warning("A worker is lost.", worker=worker.id, timeout=self._context.settings.heartbeat_timeout_seconds)
        if result.lost:
            self._context.signals.wake(WakeReason.WORKERS_CHANGED)
        self._context.events.publish(EventType.WORKER_LOST, result.lost)
        publish(self._context, result.changes)
        for worker_id, attempts in result.stale.items():
            async with self._sender.in_order():
                await self._sender.revoke(worker_id, attempts)
        return result
