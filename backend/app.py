"""The composition root: builds the parts in the order they are needed, and joins them.

Reading this file is reading the architecture.
"""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from backend import garbage
from backend.accounts.identities import Identities
from backend.accounts.setup import ensure_admin, new_setup_token
from backend.alerts.delivery import AlertSender
from backend.alerts.watch import AlertWatch
from backend.api.application import create_application
from backend.api.limiter import Limiter
from backend.api.server import ApiServer, bind
from backend.api.state import ApiState
from backend.broker.absent import broker_absent
from backend.broker.messages import HEARTBEATS, LOGS, REPORTS, TELEMETRY
from backend.broker.protocol import MessageQueue
from backend.broker.queues import HEARTBEAT_QUEUE, LOG_QUEUE, REPORT_QUEUE, TELEMETRY_QUEUE
from backend.broker.rabbitmq import RabbitBroker
from backend.context import ServiceContext
from backend.database import migration
from backend.database.connection import Database
from backend.dead_letters import DeadLetterService
from backend.dispatcher.dispatcher import Dispatcher
from backend.events.notifier import Notifier
from backend.events.passes import Passes
from backend.events.publisher import EventPublisher
from backend.events.stream import LiveStream
from backend.events.wakes import Signals
from backend.intake import Intake
from backend.local_directory import LocalDirectory
from backend.queue.order import RunQueueService
from backend.queue.sampler import QueueSampler
from backend.runs.concurrency_groups import ConcurrencyGroupService
from backend.runs.log_intake import LogIntake
from backend.runs.report_intake import ReportIntake
from backend.runs.service import RunService
from backend.runs.telemetry_intake import TelemetryIntake
from backend.scheduling.agenda import AgendaService
from backend.scheduling.backfills import BackfillService
from backend.settings import Settings
from backend.stop_signal import stop_signal
from backend.supervisor import Supervisor
from backend.system_info import ProcessInfo
from backend.tasks.purge import Purger
from backend.worker.executors.registry import load_executors
from backend.worker.identity import take_identity
from backend.worker.settings import LINGER, WorkerSettings
from backend.worker.worker import Worker
from backend.workers.heartbeats import HeartbeatIntake
from backend.workers.sampler import WorkerSampler
from shared.enums import BackendRole
from shared.errors import BrokerUnavailableError, DatabaseUnavailableError, StartupError
from shared.version import VERSION

log = structlog.get_logger()

_SETTLE_SECONDS = 2.0
"""A collection of all that was loaded takes a tenth of a second: not before the first answers are given."""
_BEATS_AT_ONCE = 1
"""The broker deals beats out in turn, so that one worker's may all go to one replica: more than this, held by a
replica that is stopped, and a worker that lives would be given up."""


class Backend:
    """One process with any of the roles; built by `open_backend`."""

    def __init__(
        self, settings: Settings, database: Database, broker: MessageQueue, *, roles: frozenset[BackendRole]
    ) -> None:
        self.roles = roles
        self.broker = broker
        self.context = ServiceContext(
            settings=settings,
            database=database,
            events=EventPublisher(broker),
            signals=Signals(),
            passes=Passes(),
            executors=load_executors(),
            replica_id=secrets.token_hex(8),
        )
        self.identities = Identities(self.context)
        self.dispatcher = Dispatcher(self.context, broker)
        self._stream = LiveStream(broker)
        self._log_intake = LogIntake(self.context)
        self._supervisor = Supervisor()
        self._server: ApiServer | None = None
        self._settling: asyncio.TimerHandle | None = None

    @property
    def url(self) -> str:
        """Where the API is."""
        assert self._server is not None
        return self._server.url

    async def start(self, *, host: str, port: int, is_local: bool) -> None:
        """Start what the roles ask for; the API last, when it can serve."""
        await self.identities.start()
        start = self._supervisor.start
        start(self.context.events, name="events")
        start(Notifier(self.context.database, self.context.signals), name="notifier")
        database = self.context.database
        start(Intake(self.broker, REPORT_QUEUE, REPORTS, ReportIntake(self.context).handle, database), name="reports")
        start(
            Intake(
                self.broker,
                HEARTBEAT_QUEUE,
                HEARTBEATS,
                HeartbeatIntake(self.context).handle,
                database,
                prefetch=_BEATS_AT_ONCE,
            ),
            name="heartbeats",
        )
        start(Intake(self.broker, LOG_QUEUE, LOGS, self._log_intake.handle, database), name="logs")
        start(
            Intake(self.broker, TELEMETRY_QUEUE, TELEMETRY, TelemetryIntake(self.context).handle, database),
            name="telemetry",
        )
        if BackendRole.DISPATCHER in self.roles:
            start(self.dispatcher, name="dispatcher")
            start(QueueSampler(self.context), name="queue sampler")
            start(WorkerSampler(self.context), name="worker sampler")
            start(Purger(self.context), name="purger")
            start(AlertWatch(self.context), name="alert watch")
            start(AlertSender(self.context), name="alert sender")
        if BackendRole.API in self.roles:
            start(self._stream, name="live stream")
            state = ApiState(
                context=self.context,
                broker=self.broker,
                runs=RunService(self.context),
                run_queue=RunQueueService(self.context),
                agenda=AgendaService(self.context),
                backfills=BackfillService(self.context),
                concurrency_groups=ConcurrencyGroupService(self.context),
                dead_letters=DeadLetterService(self.context, self.broker),
                identities=self.identities,
                stream=self._stream,
                log_intake=self._log_intake,
                limiter=Limiter(self.context.settings),
                process=ProcessInfo(roles=self.roles, started_at=datetime.now(UTC), is_local=is_local),
            )
            self._server = ApiServer(create_application(state), bind(host, port))
            await self._server.start()
        self._settling = asyncio.get_running_loop().call_later(_SETTLE_SECONDS, garbage.settle)

    async def stop(self) -> None:
        """Answer what was asked, then end every service."""
        if self._settling is not None:
            self._settling.cancel()
        await self._stream.close()
        if self._server is not None:
            await self._server.stop()
        await self._supervisor.stop()


@asynccontextmanager
async def open_database(settings: Settings, url: str) -> AsyncIterator[Database]:
    """Give the database when it answers; raises `StartupError` where it does not in time."""
    database = Database(url, pool_size=settings.database_pool_size, application_name=f"taskdeck {VERSION}")
    try:
        try:
            await database.wait_until_reachable(settings.wait_at_start)
        except DatabaseUnavailableError as error:
            raise StartupError(
                f"PostgreSQL at {database.address} does not answer ({error.__cause__}). Start it, or correct "
                f"TASKDECK_DATABASE_URL; TASKDECK_WAIT_AT_START_SECONDS says how long to wait."
            ) from error
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def open_broker(settings: Settings, broker: MessageQueue) -> AsyncIterator[MessageQueue]:
    """Give the broker when it answers; raises `StartupError` where it does not in time."""
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
    """Start a backend and stop it at the end."""
    try:
        await backend.start(host=host, port=port, is_local=is_local)
        yield backend
    finally:
        await backend.stop()


@asynccontextmanager
async def open_worker(
    settings: Settings, broker: MessageQueue, *, folder: Path, linger: timedelta = LINGER
) -> AsyncIterator[Worker]:
    """Run a worker within this process, drained at the end."""
    identity = take_identity(folder)
    worker = Worker(
        WorkerSettings.from_settings(
            settings,
            identity,
            slots=max(4, os.cpu_count() or 1),
            drain_timeout=settings.local_drain_timeout,
            linger=linger,
        ),
        broker,
        load_executors(),
    )
    supervisor = Supervisor()
    supervisor.start(worker, name="worker")
    try:
        yield worker
    finally:
        worker.request_drain()
        await supervisor.finish()
        identity.release()


async def migrate(settings: Settings) -> None:
    """Bring the schema up to this version's."""
    if settings.database_url is None:
        raise StartupError("Set TASKDECK_DATABASE_URL, such as postgresql://user:password@host:5432/taskdeck.")
    async with open_database(settings, settings.database_url) as database:
        await migration.upgrade(database)
        log.info("the schema is up to date", revision=await migration.current_revision(database))


async def run_servers(settings: Settings, *, roles: frozenset[BackendRole], host: str, port: int) -> int:
    """Serve on a PostgreSQL and a RabbitMQ until a signal; return the exit code."""
    if settings.database_url is None or settings.broker_url is None:
        raise StartupError("Set TASKDECK_DATABASE_URL and TASKDECK_BROKER_URL; for one machine alone, use: taskdeck up")
    stop = stop_signal()
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings, settings.database_url))
        await _check_schema(database)
        broker = await stack.enter_async_context(open_broker(settings, RabbitBroker(settings.broker_url)))
        backend = Backend(settings, database, broker, roles=roles)
        if BackendRole.API in roles:
            await _ensure_admin(settings, backend)
        await stack.enter_async_context(open_backend(backend, host=host, port=port, is_local=False))
        if settings.signing_key is None:
            log.warning("assignments are not signed; set TASKDECK_SIGNING_KEY for backend and workers")
        if BackendRole.API in roles:
            await _offer_set_up(backend)
            log.info("the API is ready", url=backend.url, docs=f"{backend.url}/docs")
        if BackendRole.WORKER in roles:
            folder = (settings.data_dir or LocalDirectory.default()) / "workers"
            await stack.enter_async_context(open_worker(settings, broker, folder=folder))
        await stop.wait()
        log.info("stopping")
    return 0


async def _check_schema(database: Database) -> None:
    """Make the schema in an empty database; one that is behind is for the operator to migrate."""
    found, needed = await migration.current_revision(database), migration.newest_revision()
    if found is None:
        await migration.upgrade(database)
    elif found < needed:
        raise StartupError(
            f"The schema of {database.address} is at {found}, this version needs {needed}: run taskdeck migrate"
        )


async def _ensure_admin(settings: Settings, backend: Backend) -> None:
    """Make the first administrator before the API answers, so that whoever sees it ready can sign in."""
    if settings.admin_password_file is None:
        return
    try:
        password = settings.admin_password_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise StartupError(
            f"TASKDECK_ADMIN_PASSWORD_FILE {settings.admin_password_file} cannot be read: {error.strerror}"
        ) from error
    await ensure_admin(backend.context, password)


async def _offer_set_up(backend: Backend) -> None:
    token = await new_setup_token(backend.context)
    if token is not None:
        log.info("nobody administers yet; open this link once", url=f"{backend.url}/setup?token={token}")
