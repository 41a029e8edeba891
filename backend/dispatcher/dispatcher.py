"""Leads when it holds the lock, and stands by otherwise."""

import asyncio
import socket

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
from backend.events.wakes import Wake, WakeBox, decode_wake, everything
from shared.enums import EventType
from shared.errors import DatabaseUnavailableError

_STANDBY_SECONDS = 1.0

log = structlog.get_logger()


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
                self._context.signals.is_leader = False
                self.elected.clear()
                await session.close()
            await asyncio.sleep(_STANDBY_SECONDS)

    def _on_connection_change(self, is_connected: bool) -> None:
        """Go on at once when the broker is back: nothing else may happen that wakes the dispatcher."""
        if is_connected and self._context.signals.is_leader:
            self._context.signals.local.put(everything())

    async def _lead(self, session: LeaderSession) -> None:
        info = await announce(session, replica_id=self._context.replica_id, hostname=socket.gethostname())
        log.info("this replica dispatches", replica=info.replica_id)
        sender = CommandSender(self._broker, self._context.settings)
        signals = self._context.signals
        assigner = Assigner(self._context, session, sender, strategy=load_strategy(self._context.settings))
        expander = FanOutExpander(self._context, session, created=signals.local)
        gatekeeper = Gatekeeper(
            self._context, session, released=assigner.box, expanding=expander.box, ended=signals.local
        )
        scheduling = SchedulingLoop(self._context, session, created=signals.local)
        resolver = DependencyResolver(self._context, session, created=signals.local, expanding=expander.box)
        canceller = Canceller(session, sender)
        monitor = HeartbeatMonitor(self._context, session, sender)
        signals.is_leader = True
        signals.local.put(everything())
        self._context.events.publish(EventType.DISPATCHER_ELECTED, [info])
        self.elected.set()
        async with asyncio.TaskGroup() as group:
            group.create_task(keep_speaking(session))
            group.create_task(self._listen())
            group.create_task(
                self._distribute(
                    assigner=assigner.box,
                    gatekeeper=gatekeeper.box,
                    scheduling=scheduling,
                    expander=expander,
                    resolver=resolver.box,
                    canceller=canceller.box,
                )
            )
            for service in (assigner, gatekeeper, expander, scheduling, resolver, canceller, monitor):
                group.create_task(service.run(), name=type(service).__name__)

    async def _distribute(
        self,
        *,
        assigner: WakeBox,
        gatekeeper: WakeBox,
        scheduling: SchedulingLoop,
        expander: FanOutExpander,
        resolver: WakeBox,
        canceller: WakeBox,
    ) -> None:
        """Give each service the part of a wake that concerns it."""
        while True:
            wake = await self._context.signals.local.take()
            if wake.runs or wake.workers:
                assigner.put(Wake(runs=wake.runs, workers=wake.workers))
            if wake.task_ids or wake.all_tasks:
                self._context.signals.outcomes.set()
                gatekeeper.put(Wake(all_tasks=wake.all_tasks, task_ids=set(wake.task_ids)))
                resolver.put(Wake(all_tasks=wake.all_tasks, task_ids=set(wake.task_ids)))
            if wake.groups or expander.concerns(wake):
                expander.box.put(Wake(groups=True))
            if scheduling.concerns(wake):
                scheduling.box.put(Wake(schedule=wake.schedule, all_tasks=wake.all_tasks, task_ids=set(wake.task_ids)))
            if wake.cancels:
                canceller.put(Wake(cancels=True))

    async def _listen(self) -> None:
        """Hear what other replicas changed; a lost connection ends the lead like any other."""
        connection = await self._context.database.listen()
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(CHANNEL, self._on_notification)
            self._context.signals.local.put(everything())
            await lost.wait()
            raise DatabaseUnavailableError("The connection that hears other replicas was lost.")
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            if not is_unavailable(error):
                raise
            raise DatabaseUnavailableError("The connection that hears other replicas was lost.") from error
        finally:
            connection.terminate()

    def _on_notification(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        self._context.signals.local.put(decode_wake(str(payload)))
