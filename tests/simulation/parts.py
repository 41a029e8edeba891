"""The parts of Taskdeck as simulated processes: replicas with dispatcher and intakes, and workers."""

import asyncio
from datetime import timedelta
from pathlib import Path

from backend.alerts.watch import AlertWatch
from backend.broker.gate import Gate
from backend.broker.keys import RootKey, WorkerKey
from backend.broker.messages import HEARTBEATS, LOGS, REPORTS, TELEMETRY
from backend.broker.queues import HEARTBEAT_QUEUE, LOG_QUEUE, REPORT_QUEUE, TELEMETRY_QUEUE
from backend.broker.signing import SEAL_HEADER, Stamp, seal
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
from backend.waiting_counts import WaitingCounts
from backend.worker.settings import WorkerSettings
from backend.worker.worker import Worker
from backend.workers.heartbeats import HeartbeatIntake
from backend.workers.keys import WorkerKeys
from tests.simulation.executor import NAME, SimulatedExecutor
from tests.simulation.network import BrokerConnection, Network
from tests.simulation.process import Process

HEARTBEAT = timedelta(seconds=1)
_ROOT = RootKey(b"the secret of the simulated backends")


class SimulatedKeys(WorkerKeys):
    """Every worker is enrolled."""

    def find(self, worker_id: str) -> WorkerKey:
        """Overrides the look-up of an enrolment."""
        return key_of(worker_id)


def key_of(worker_id: str) -> WorkerKey:
    """Return the key of a simulated worker."""
    return _ROOT.of_worker(worker_id, salt="")


def sealed(queue: str, body: bytes, worker_id: str, *, number: int) -> dict[str, str]:
    """Return the headers of a message of the process `1` of a worker."""
    stamp = Stamp(party=worker_id, incarnation="1", number=number, at_ms=0)
    return {SEAL_HEADER: seal(stamp, body, purpose=queue, key=key_of(worker_id).secret)}


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
            counts=WaitingCounts(database),
            executors={NAME: executor},
            replica_id=name,
        )
        keys = SimulatedKeys(_ROOT, database)
        self.dispatcher = Dispatcher(self.context, self.broker, keys=keys)
        self._gate = Gate(keys.find)
        self._supervisor = Supervisor(on_failure=service_failed(self.context.faults))

    async def run(self) -> None:
        """Run every service until the process is killed."""
        context, broker, start = self.context, self.broker, self._supervisor.start
        database, gate = context.database, self._gate
        start(context.faults, name="faults")
        start(context.events, name="events")
        start(Notifier(database, context.signals), name="notifier")
        start(Intake(broker, REPORT_QUEUE, REPORTS, ReportIntake(context).handle, database, gate=gate), name="reports")
        beats = HeartbeatIntake(context, is_sealed=True).handle
        start(Intake(broker, HEARTBEAT_QUEUE, HEARTBEATS, beats, database, gate=gate, prefetch=1), name="heartbeats")
        start(Intake(broker, LOG_QUEUE, LOGS, LogIntake(context).handle, database, gate=gate), name="logs")
        telemetry = TelemetryIntake(context).handle
        start(Intake(broker, TELEMETRY_QUEUE, TELEMETRY, telemetry, database, gate=gate), name="telemetry")
        start(self.dispatcher, name="dispatcher")
        start(AlertWatch(context), name="alerts")
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
                key=key_of(name),
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
