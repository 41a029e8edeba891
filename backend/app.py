"""The composition root: creates the parts of a backend in the order in which they need each other.

`server_app` and `local_app` use it for the two ways to run.
"""

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import structlog

from backend import garbage
from backend.accounts.identities import Identities
from backend.accounts.oidc.configuration import oidc_configuration
from backend.accounts.oidc.provider import Provider
from backend.accounts.refusals import Refusals
from backend.alerts.delivery import AlertSender
from backend.alerts.watch import AlertWatch
from backend.api.application import create_application
from backend.api.certificate import CertificateFiles, ServerCertificate
from backend.api.limiter import Limiter
from backend.api.metrics.text import MetricsReader
from backend.api.open_streams import OpenStreams
from backend.api.routes.metrics import metrics_application
from backend.api.server import ApiServer, bind
from backend.api.shared_answer import SharedAnswer
from backend.api.state import ApiState
from backend.broker.absent import broker_absent
from backend.broker.gate import FromWorker, Gate, Refused
from backend.broker.keys import RootKey, WorkerKey
from backend.broker.messages import HEARTBEATS, LOGS, REPORTS, TELEMETRY, Codec
from backend.broker.protocol import MessageQueue
from backend.broker.queues import EVENTS_EXCHANGE, HEARTBEAT_QUEUE, LOG_QUEUE, REPORT_QUEUE, TELEMETRY_QUEUE, QueueSpec
from backend.context import ServiceContext
from backend.database.connection import Database
from backend.dispatcher.dispatcher import Dispatcher
from backend.encryption.stored_values import StoredValues
from backend.events.notifier import Notifier
from backend.events.passes import Passes
from backend.events.publisher import EventPublisher
from backend.events.seals import EventSeals
from backend.events.stream import LiveStream
from backend.events.wakes import Signals
from backend.faults.reporter import FaultReporter
from backend.faults.services import loop_blocked, service_failed
from backend.intake import PREFETCH, Intake
from backend.loop_watchdog import LoopWatchdog
from backend.outside_heartbeat import OutsideHeartbeat
from backend.queue.figures_sampler import FiguresSampler
from backend.queue.sampler import QueueSampler
from backend.resource_watch import ResourceWatch
from backend.runs.logs import LogIntake
from backend.runs.report_intake import ReportIntake
from backend.runs.telemetry_intake import TelemetryIntake
from backend.runs.template import RecentTasks
from backend.scheduling.agenda import AgendaReader
from backend.settings import Settings
from backend.supervisor import Supervisor
from backend.system_info import ProcessInfo, readiness
from backend.tasks.purge import Purger
from backend.tracing.tracer import NO_TRACER, Tracer
from backend.waiting_counts import WaitingCounts
from backend.worker.executors.load_plug_ins import load_executors
from backend.worker.identity import claim_identity
from backend.worker.settings import LINGER, WorkerSettings
from backend.worker.worker import Worker
from backend.workers.heartbeats import HeartbeatIntake
from backend.workers.keys import WorkerKeys
from backend.workers.online import OnlineWorkers
from backend.workers.refused_messages import RefusedMessages
from backend.workers.sampler import WorkerSampler
from shared.enums import BackendRole
from shared.errors import BrokerUnavailableError, DatabaseUnavailableError, StartupError
from shared.version import VERSION

M = TypeVar("M", bound=FromWorker)

log = structlog.get_logger()

_SETTLE_SECONDS = 2.0
"""The first full garbage collection takes 100 ms, so it waits until the first requests are answered."""
_HEARTBEAT_PREFETCH = 1
"""The broker deals heartbeats out in turn, so all those of one worker may go to one replica. A stopped replica that
held more of them would make a live worker lost."""


class Backend:
    """A process with any of the roles, started by `open_backend`."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        broker: MessageQueue,
        *,
        roles: frozenset[BackendRole],
        local_secret: bytes | None = None,
        tracer: Tracer = NO_TRACER,
    ) -> None:
        """`local_secret` is for a broker within this process: secrets are sent to workers here with it."""
        self.roles = roles
        self.broker = broker
        passes = Passes()
        replica_id = secrets.token_hex(8)
        self.keys = self._event_seals = None
        if settings.signing_key is not None:
            root = RootKey(settings.signing_key.encode())
            self.keys = WorkerKeys(root, database)
            self._event_seals = EventSeals(root.of_events(), replica_id=replica_id, now_ms=self.keys.now_ms)
        self.context = ServiceContext(
            settings=settings,
            database=database,
            events=EventPublisher(broker, seals=self._event_seals),
            signals=Signals(),
            passes=passes,
            faults=FaultReporter(database, passes),
            counts=WaitingCounts(database),
            executors=load_executors(),
            replica_id=replica_id,
            stored_values=StoredValues(settings.secret_keys),
            tracer=tracer,
        )
        self.identities = Identities(self.context)
        self.refused_messages = RefusedMessages(self.context)
        self.dispatcher = Dispatcher(self.context, broker, keys=self.keys, local_secret=local_secret)
        self._stream = LiveStream(broker, seals=self._event_seals, note_refusal=self._note_refused_events)
        self._log_intake = LogIntake(self.context)
        self.resources = ResourceWatch(self.context)
        self.watchdog = LoopWatchdog(loop_blocked(self.context.faults))
        self._supervisor = Supervisor(on_failure=service_failed(self.context.faults))
        self._server: ApiServer | None = None
        self._metrics_server: ApiServer | None = None
        self.certificate: ServerCertificate | None = None
        """What the API proves itself with; None where it speaks HTTP."""
        self.settled = asyncio.Event()
        """Set after the garbage collection that follows the start and holds the loop."""
        self._settling: asyncio.TimerHandle | None = None

    @property
    def url(self) -> str:
        """The URL of the API."""
        assert self._server is not None
        return self._server.url

    @property
    def metrics_url(self) -> str:
        """The URL of the metrics."""
        server = self._metrics_server or self._server
        assert server is not None
        return f"{server.url}/metrics"

    async def start(self, *, host: str, port: int, is_local: bool) -> None:
        """Start the services of each role; the API last, so that it answers when everything runs."""
        self._supervisor.start(self.watchdog, name="loop watchdog")
        self._supervisor.start(self.context.faults, name="faults")
        self._supervisor.start(self.context.counts, name="counts")
        self._supervisor.start(self.resources, name="resources")
        await self.context.stored_values.check(self.context.database)
        await self.identities.start()
        self._supervisor.start(self.identities.follower, name="changes of accounts")
        self._supervisor.start(self.identities.token_uses, name="token uses")
        if self.keys is not None:
            await self.keys.load()
            self._supervisor.start(self.keys, name="worker keys")
        self._supervisor.start(self.refused_messages, name="refused messages")
        self._supervisor.start(self.context.events, name="events")
        self._supervisor.start(Notifier(self.context.database, self.context.signals), name="notifier")
        self._start_intakes()
        if BackendRole.DISPATCHER in self.roles:
            self._start_dispatcher()
        if BackendRole.API in self.roles:
            await self._start_api(host=host, port=port, is_local=is_local)
        self._settling = asyncio.get_running_loop().call_later(_SETTLE_SECONDS, self._settle)

    def _start_intakes(self) -> None:
        """Every replica records what workers send."""
        gate = Gate(self.keys.find if self.keys is not None else None)
        heartbeats = HeartbeatIntake(self.context, is_sealed=gate.is_sealed).handle
        self._start_intake(REPORT_QUEUE, REPORTS, ReportIntake(self.context).handle, gate)
        self._start_intake(HEARTBEAT_QUEUE, HEARTBEATS, heartbeats, gate, prefetch=_HEARTBEAT_PREFETCH)
        self._start_intake(LOG_QUEUE, LOGS, self._log_intake.handle, gate)
        self._start_intake(TELEMETRY_QUEUE, TELEMETRY, TelemetryIntake(self.context).handle, gate)

    def _start_intake(
        self,
        queue: QueueSpec,
        codec: Codec[M],
        handle: Callable[[Sequence[M]], Awaitable[None]],
        gate: Gate,
        *,
        prefetch: int = PREFETCH,
    ) -> None:
        intake = Intake(
            self.broker,
            queue,
            codec,
            handle,
            self.context.database,
            gate=gate,
            note_refusal=self.refused_messages.note,
            prefetch=prefetch,
        )
        self._supervisor.start(intake, name=queue.name)

    def _note_refused_events(self) -> None:
        self.refused_messages.note(EVENTS_EXCHANGE, Refused.WRONG_SEAL, None)

    def _start_dispatcher(self) -> None:
        """The dispatcher, and the services that are idle while another replica leads."""
        start = self._supervisor.start
        start(self.dispatcher, name="dispatcher")
        start(QueueSampler(self.context), name="queue sampler")
        start(FiguresSampler(self.context), name="figures sampler")
        start(WorkerSampler(self.context), name="worker sampler")
        start(Purger(self.context), name="purger")
        start(AlertWatch(self.context), name="alert watch")
        start(AlertSender(self.context), name="alert sender")
        if self.context.settings.heartbeat_url is not None:
            start(OutsideHeartbeat(self.context, self.context.settings.heartbeat_url), name="outside heartbeat")

    async def _start_api(self, *, host: str, port: int, is_local: bool) -> None:
        self.context.events.pass_to(self._stream)
        self._supervisor.start(self._stream, name="live stream")
        limiter = Limiter(self.context.settings, self.context.passes)
        self._supervisor.start(limiter.counts, name="shared counts")
        refusals = Refusals(self.context)
        self._supervisor.start(refusals, name="refused requests")
        configuration = oidc_configuration(self.context.settings)
        provider = await asyncio.to_thread(Provider, configuration) if configuration is not None else None
        open_streams = OpenStreams(
            self.identities,
            most_per_user=self.context.settings.streams_per_user,
            on_ended=self._wake_streams,
        )
        metrics = MetricsReader(
            context=self.context,
            broker=self.broker,
            watchdog=self.watchdog,
            resources=self.resources,
            streams=open_streams,
            refused=self.refused_messages,
        )
        state = ApiState(
            context=self.context,
            broker=self.broker,
            agenda=AgendaReader(self.context),
            identities=self.identities,
            stream=self._stream,
            log_followers=self._log_intake.followers,
            limiter=limiter,
            refusals=refusals,
            online=OnlineWorkers(),
            watchdog=self.watchdog,
            resources=self.resources,
            worker_keys=self.keys,
            single_sign_on=provider,
            process=ProcessInfo(roles=self.roles, started_at=datetime.now(UTC), is_local=is_local),
            recent_tasks=RecentTasks(),
            readiness=SharedAnswer(partial(readiness, self.context, self.broker)),
            metrics=SharedAnswer(metrics.read),
            open_streams=open_streams,
        )
        self._supervisor.start(state.open_streams, name="open streams")
        self._supervisor.start(state.log_followers, name="log followers")
        application = await asyncio.to_thread(create_application, state)
        # A local backend listens on the loopback interface only, where nobody can read along.
        files = None if is_local else CertificateFiles.of(self.context.settings)
        if files is not None:
            self.certificate = ServerCertificate(files)
            self._supervisor.start(self.certificate, name="TLS certificate")
        tls = self.certificate.context if self.certificate is not None else None
        settings = self.context.settings
        self._server = ApiServer(
            application,
            bind(host, port),
            tls=tls,
            trusted_proxies=settings.trusted_proxies,
            most_connections=settings.max_connections,
        )
        await self._server.start()
        if settings.metrics_port is not None and not is_local:
            await self._start_metrics(state, bind(host, settings.metrics_port))

    async def _start_metrics(self, state: ApiState, listening: socket.socket) -> None:
        application = await asyncio.to_thread(metrics_application, state)
        self._metrics_server = ApiServer(application, listening)
        await self._metrics_server.start()
        log.info("The metrics are served.", url=f"{self._metrics_server.url}/metrics")

    async def _wake_streams(self) -> None:
        self._log_intake.followers.notify_all()
        await self._stream.wake()

    def _settle(self) -> None:
        self.watchdog.excuse()
        garbage.settle()
        self.settled.set()

    async def stop(self) -> None:
        """Finish the requests in progress, then stop every service."""
        if self._settling is not None:
            self._settling.cancel()
        await self._stream.close()
        for server in (self._server, self._metrics_server):
            if server is not None:
                await server.stop()
        await self._supervisor.stop()
        await self.context.counts.store()


@asynccontextmanager
async def open_database(settings: Settings, url: str) -> AsyncIterator[Database]:
    """Yield the database when it answers; raises `StartupError` after the time to wait at the start."""
    database = Database(url, pool_size=settings.database_pool_size, application_name=f"taskdeck {VERSION}")
    try:
        try:
            await database.wait_until_reachable(settings.wait_at_start)
        except DatabaseUnavailableError as error:
            raise StartupError(
                f"PostgreSQL at {database.address} does not answer: {error.__cause__}. Start it or correct "
                "TASKDECK_DATABASE_URL. TASKDECK_WAIT_AT_START_SECONDS sets how long to wait."
            ) from error
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def open_broker(settings: Settings, broker: MessageQueue) -> AsyncIterator[MessageQueue]:
    """Yield the broker when it answers; raises `StartupError` after the time to wait at the start."""
    try:
        await broker.start(timeout=settings.wait_at_start)
    except BrokerUnavailableError as error:
        raise broker_absent(error) from error
    try:
        yield broker
    finally:
        await broker.close()


@asynccontextmanager
async def open_backend(backend: Backend, *, host: str, port: int, is_local: bool) -> AsyncIterator[Backend]:
    """Start a backend, and stop it at the end of the block."""
    try:
        await backend.start(host=host, port=port, is_local=is_local)
        yield backend
    finally:
        await backend.stop()


@asynccontextmanager
async def open_worker(
    settings: Settings,
    broker: MessageQueue,
    *,
    folder: Path,
    find_key: Callable[[str], Awaitable[WorkerKey | None]] | None = None,
    linger: timedelta = LINGER,
    local_secret: bytes | None = None,
    tracer: Tracer = NO_TRACER,
) -> AsyncIterator[Worker]:
    """Run a worker in this process, and drain it at the end of the block; `find_key` returns the key for its id."""
    identity = claim_identity(folder)
    key = await find_key(identity.worker_id) if find_key is not None else None
    worker = Worker(
        WorkerSettings.from_settings(
            settings,
            identity,
            slots=max(4, os.cpu_count() or 1),
            drain_timeout=settings.local_drain_timeout,
            key=key,
            linger=linger,
            local_secret=local_secret,
        ),
        broker,
        load_executors(),
        tracer=tracer,
    )
    supervisor = Supervisor()
    supervisor.start(worker, name="worker")
    try:
        yield worker
    finally:
        worker.request_drain()
        await supervisor.finish()
        identity.release()
