"""Runs the loops of the leading replica, and waits for the lead on every other one."""

import asyncio
import socket
from collections.abc import Callable
from typing import Protocol

import structlog

from backend.broker.protocol import MessageQueue
from backend.context import ServiceContext
from backend.database.leadership import LeaderSession, keep_alive, open_candidate, record_leader, try_lead
from backend.dispatcher.assign_loop import AssignLoop
from backend.dispatcher.cancel_loop import CancelLoop
from backend.dispatcher.clock_loop import ClockLoop
from backend.dispatcher.command_seals import CommandSeals
from backend.dispatcher.command_sender import CommandSender
from backend.dispatcher.dependency_loop import DependencyLoop
from backend.dispatcher.fan_out_loop import FanOutLoop
from backend.dispatcher.recovery_loop import RecoveryLoop
from backend.dispatcher.release_loop import ReleaseLoop
from backend.dispatcher.schedule_loop import ScheduleLoop
from backend.dispatcher.strategy_choice import guarded_strategy, load_strategy
from backend.events.notifier import receive_wakes
from backend.events.wakes import EVERYTHING, WakeReceiver
from backend.faults.services import service_failed
from backend.secret_store.delivery import SecretDelivery
from backend.tracing.origin import TraceEach, trace_origin
from backend.workers.delivery_keys import DeliveryKeys
from backend.workers.keys import WorkerKeys
from shared.enums import EventType
from shared.errors import DatabaseUnavailableError

_STANDBY_SECONDS = 1.0
"""Between two attempts to take the lead: a killed dispatcher is replaced within two seconds."""

_RESTART_SECONDS = 1.0
"""Before a loop that failed is replaced. The other loops go on."""

log = structlog.get_logger()


class Loop(Protocol):
    """A duty of the leading replica. `run` waits for `wakes` or for the clock and does one pass, until cancelled."""

    @property
    def wakes(self) -> WakeReceiver:
        """What the loop waits for."""

    async def run(self) -> None:
        """Run."""


MakeLoop = Callable[[], Loop]


class Dispatcher:
    """A candidate for the lead; `elected` is set while this replica leads."""

    def __init__(
        self,
        context: ServiceContext,
        broker: MessageQueue,
        *,
        keys: WorkerKeys | None = None,
        local_secret: bytes | None = None,
    ) -> None:
        """Without keys, commands to workers have no seal; `local_secret` is shared with workers in this process."""
        # An unknown name fails at the start, not when this replica comes to lead.
        self._make_strategy = load_strategy(context.settings)
        self.elected = asyncio.Event()
        self._context = context
        self._broker = broker
        self._keys = keys
        self._delivery_keys = DeliveryKeys(keys, local_secret=local_secret)
        self._report = service_failed(context.faults)
        broker.on_connection_change(self._on_connection_change)

    async def run(self) -> None:
        """Stand by and lead in turn, until cancelled."""
        if self._context.tracer.is_on:
            trace_origin.set(TraceEach(self._context.tracer))
        while True:
            try:
                session = await open_candidate(self._context.database)
            except DatabaseUnavailableError as error:
                log.warning("The dispatcher waits for the database.", cause=error.detail)
                await asyncio.sleep(_STANDBY_SECONDS)
                continue
            try:
                while not await try_lead(session):
                    await asyncio.sleep(_STANDBY_SECONDS)
                await self._lead(session)
            except* DatabaseUnavailableError:
                log.warning("This replica lost its connection, and with it the lead.")
            except* OSError as errors:
                log.warning("This replica lost its connection, and with it the lead.", cause=str(errors))
            finally:
                self._context.signals.stand_by()
                self.elected.clear()
                await session.close()
            await asyncio.sleep(_STANDBY_SECONDS)

    def _on_connection_change(self, is_connected: bool) -> None:
        """Run every loop when the broker is back, because nothing else may wake them."""
        if is_connected and self._context.signals.is_leader:
            self._context.signals.route(EVERYTHING)

    async def _lead(self, session: LeaderSession) -> None:
        context = self._context
        info = await record_leader(session, replica_id=context.replica_id, hostname=socket.gethostname())
        log.info("This replica leads.", replica=info.replica_id)
        makers = self._loops(session)
        loops = [make() for make in makers]
        context.signals.lead(loop.wakes for loop in loops)
        context.events.publish(EventType.DISPATCHER_ELECTED, [info])
        self.elected.set()
        async with asyncio.TaskGroup() as running:
            running.create_task(keep_alive(session))
            running.create_task(receive_wakes(context.database, context.signals))
            for make, loop in zip(makers, loops, strict=True):
                running.create_task(self._keep_running(make, loop), name=type(loop).__name__)

    async def _keep_running(self, make: MakeLoop, loop: Loop) -> None:
        """Run a loop; replace it by a new one, which has no state yet, when it fails.

        A lost connection ends the lead instead: every loop decides through it.
        """
        while True:
            try:
                await loop.run()
                return
            except (DatabaseUnavailableError, OSError):
                raise
            except Exception as error:
                name = type(loop).__name__
                log.error("A loop failed. It will be restarted.", loop=name, exc_info=error)
                self._report(name, error)
            await asyncio.sleep(_RESTART_SECONDS)
            failed, loop = loop, make()
            self._context.signals.replace(failed.wakes, loop.wakes)

    def _loops(self, session: LeaderSession) -> tuple[MakeLoop, ...]:
        context = self._context
        seals = None
        if self._keys is not None:
            seals = CommandSeals(self._keys, context.database, lifetime=context.settings.assignment_expiry)
        sender = CommandSender(self._broker, context.settings, context.faults, seals=seals)
        secrets = SecretDelivery(context.stored_values.ring, self._delivery_keys.find)
        return (
            lambda: AssignLoop(
                context, session, sender, strategy=guarded_strategy(context, self._make_strategy), secrets=secrets
            ),
            lambda: ReleaseLoop(context, session),
            lambda: FanOutLoop(context, session),
            lambda: ScheduleLoop(context, session),
            lambda: ClockLoop(context, session),
            lambda: DependencyLoop(context, session),
            lambda: CancelLoop(context, session, sender),
            lambda: RecoveryLoop(context, session, sender),
        )
