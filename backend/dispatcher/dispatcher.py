"""Leads when it holds the lock, and stands by otherwise."""

import asyncio
import socket
from typing import Protocol

import asyncpg
import structlog

from backend.broker.protocol import MessageQueue
from backend.context import ServiceContext
from backend.database.connection import is_unavailable
from backend.database.leadership import LeaderSession, announce, keep_speaking, open_candidate, try_lead
from backend.dispatcher.assigner import Assigner
from backend.dispatcher.canceller import Canceller
from backend.dispatcher.command_sender import CommandSender
from backend.dispatcher.dependency_resolver import DependencyResolver
from backend.dispatcher.fan_out_expander import FanOutExpander
from backend.dispatcher.gatekeeper import Gatekeeper
from backend.dispatcher.heartbeat_monitor import HeartbeatMonitor
from backend.dispatcher.scheduling_loop import SchedulingLoop
from backend.dispatcher.strategy_choice import load_strategy
from backend.events.notifier import CHANNEL
from backend.events.wakes import EVERYTHING, WakeReceiver, decode_wake
from shared.enums import EventType
from shared.errors import DatabaseUnavailableError

_STANDBY_SECONDS = 1.0

log = structlog.get_logger()


class Loop(Protocol):
    """A duty of the leading replica: `run` waits for `wakes`, or for the clock, and does one pass, until cancelled."""

    @property
    def wakes(self) -> WakeReceiver:
        """What the loop waits for."""

    async def run(self) -> None:
        """Run."""


class Dispatcher:
    """One candidate among the replicas; `elected` is set while it leads."""

    def __init__(self, context: ServiceContext, broker: MessageQueue) -> None:
        load_strategy(context.settings)  # a wrong name is told at the start, not when this replica comes to lead
        self.elected = asyncio.Event()
        self._context = context
        self._broker = broker
        broker.on_connection_change(self._on_connection_change)

    async def run(self) -> None:
        """Stand by and lead, in turn, until cancelled."""
        while True:
            try:
                session = await open_candidate(self._context.database)
            except DatabaseUnavailableError as error:
                log.warning("the dispatcher waits for the database", cause=error.detail)
                await asyncio.sleep(_STANDBY_SECONDS)
                continue
            try:
                while not await try_lead(session):
                    await asyncio.sleep(_STANDBY_SECONDS)
                await self._lead(session)
            except* DatabaseUnavailableError:
                log.warning("the dispatcher lost its connection, and with it the lead")
            except* OSError as errors:
                log.warning("the dispatcher lost its connection, and with it the lead", cause=str(errors))
            finally:
                self._context.signals.stand_by()
                self.elected.clear()
                await session.close()
            await asyncio.sleep(_STANDBY_SECONDS)

    def _on_connection_change(self, is_connected: bool) -> None:
        """Go on at once when the broker is back: nothing else may happen that wakes the dispatcher."""
        if is_connected and self._context.signals.is_leader:
            self._context.signals.route(EVERYTHING)

    async def _lead(self, session: LeaderSession) -> None:
        info = await announce(session, replica_id=self._context.replica_id, hostname=socket.gethostname())
        log.info("this replica dispatches", replica=info.replica_id)
        sender = CommandSender(self._broker, self._context.settings)
        context, strategy = self._context, load_strategy(self._context.settings)
        loops: tuple[Loop, ...] = (
            Assigner(context, session, sender, strategy=strategy),
            Gatekeeper(context, session),
            FanOutExpander(context, session),
            SchedulingLoop(context, session),
            DependencyResolver(context, session),
            Canceller(session, sender),
            HeartbeatMonitor(context, session, sender),
        )
        context.signals.lead(loop.wakes for loop in loops)
        context.events.publish(EventType.DISPATCHER_ELECTED, [info])
        self.elected.set()
        async with asyncio.TaskGroup() as group:
            group.create_task(keep_speaking(session))
            group.create_task(self._listen())
            for loop in loops:
                group.create_task(loop.run(), name=type(loop).__name__)

    async def _listen(self) -> None:
        """Hear what other replicas changed; a lost connection ends the lead like any other."""
        connection = await self._context.database.listen()
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(CHANNEL, self._on_notification)
            self._context.signals.route(EVERYTHING)
            await lost.wait()
            raise DatabaseUnavailableError("The connection that hears other replicas was lost.")
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            if not is_unavailable(error):
                raise
            raise DatabaseUnavailableError("The connection that hears other replicas was lost.") from error
        finally:
            connection.terminate()

    def _on_notification(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        self._context.signals.route(decode_wake(str(payload)))
