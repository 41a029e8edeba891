"""The parts of Taskdeck as simulated processes: replicas with dispatcher and intakes, and workers."""

import asyncio
from datetime import timedelta
from pathlib import Path

from backend.broker.messages import HEARTBEATS, LOGS, REPORTS, TELEMETRY
from backend.broker.queues import HEARTBEAT_QUEUE, LOG_QUEUE, REPORT_QUEUE, TELEMETRY_QUEUE
from backend.context import ServiceContext
from backend.database.connection import Database
from backend.dispatcher.dispatcher import Dispatcher
from backend.events.notifier import Notifier
from backend.events.passes import Passes
from backend.events.publisher import EventPublisher
from backend.events.wakes import Signals
from backend.faults.reporter import FaultReporter
from backend.faults.services import service_failed
from backend.intake import Intake
from backend.runs.logs import LogIntake
from backend.runs.report_intake import ReportIntake
from backend.runs.telemetry_intake import TelemetryIntake
from backend.settings import Settings
from backend.supervisor import Supervisor
from backend.worker.settings import WorkerSettings
from backend.worker.worker import Worker
from backend.workers.heartbeats import HeartbeatIntake
from tests.simulation.executor import NAME, SimulatedExecutor
from tests.simulation.network import BrokerConnection, Network
from tests.simulation.process import Process

HEARTBEAT = timedelta(seconds=1)


class Replica:
    """A replica of the backend, without its HTTP server."""

    def __init__(self, name: str, *, settings: Settings, network: Network, executor: SimulatedExecutor) -> None:
        assert settings.database_url is not None
        self.process = Process(name)
        self.broker = BrokerConnection(network, self.process)
        database = Database(settings.database_url, pool_size=settings.database_pool_size, application_name=name)
        passes = Passes()
        self.context = ServiceContext(
            settings=settings,
            database=database,
            events=EventPublisher(self.broker),
            signals=Signals(),
            passes=passes,
            faults=FaultReporter(database, passes),
            executors={NAME: executor},
            replica_id=name,
        )
        self.dispatcher = Dispatcher(self.context, self.broker)
        self._supervisor = Supervisor(on_failure=service_failed(self.context.faults))

    async def run(self) -> None:
        """Run every service until the process is killed."""
        context, broker, start = self.context, self.broker, self._supervisor.start
        database = context.database
        start(context.faults, name="faults")
        start(context.events, name="events")
        start(Notifier(database, context.signals), name="notifier")
        start(Intake(broker, REPORT_QUEUE, REPORTS, ReportIntake(context).handle, database), name="reports")
        beats = HeartbeatIntake(context).handle
        start(Intake(broker, HEARTBEAT_QUEUE, HEARTBEATS, beats, database, prefetch=1), name="heartbeats")
        start(Intake(broker, LOG_QUEUE, LOGS, LogIntake(context).handle, database), name="logs")
        start(Intake(broker, TELEMETRY_QUEUE, TELEMETRY, TelemetryIntake(context).handle, database), name="telemetry")
        start(self.dispatcher, name="dispatcher")
        await self._supervisor.finish()


class WorkerProcess:
    """A worker. The next one with the same name finds its spool."""

    def __init__(
        self, name: str, *, settings: Settings, network: Network, executor: SimulatedExecutor, slots: int, folder: Path
    ) -> None:
        self.process = Process(name)
        self.broker = BrokerConnection(network, self.process)
        self.worker = Worker(
            WorkerSettings(
                worker_id=name,
                slots=slots,
                task_types=("*",),
                spool_dir=folder / name,
                heartbeat_interval=settings.heartbeat_interval,
                reported_attempt=settings.reported_attempt,
                drain_timeout=timedelta(seconds=2),
                kill_grace=settings.kill_grace,
                key=None,
            ),
            self.broker,
            {NAME: executor},
        )
        self._supervisor = Supervisor()

    async def run(self) -> None:
        """Run until the process is killed."""
        self._supervisor.start(self.worker, name=self.process.name)
        await self._supervisor.finish()


Part = Replica | WorkerProcess


def start(part: Part) -> asyncio.Task[None]:
    """Start a part in its process."""
    return part.process.start(part.run())
