"""A whole system in one process: backend, worker and HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from secrets import token_bytes
from typing import Any, TypeVar

import httpx

from backend.accounts.setup import ensure_local_user
from backend.app import Backend, open_backend, open_broker, open_database
from backend.broker.in_process import InProcessBroker
from backend.broker.keys import WorkerKey
from backend.broker.protocol import MessageQueue
from backend.broker.rabbitmq import RabbitBroker
from backend.settings import Settings
from backend.supervisor import Supervisor
from backend.tracing.tracer import NO_TRACER, Tracer
from backend.worker.executors.contract import Executor
from backend.worker.executors.load_plug_ins import load_executors
from backend.worker.secrets import Secrets
from backend.worker.settings import WorkerSettings
from backend.worker.worker import Worker
from shared.client import TaskdeckClient
from shared.client.session import TokenAuth
from shared.enums import BackendRole, RunStatus, StreamTopic
from shared.models.run import Run
from tests.unfinished_run import describe

ANSWER_SECONDS = 60.0
"""What a request may take where others have the processors: the 5 s of the library were not enough at times."""
R = TypeVar("R")


@dataclass
class System:
    """The parts of the system, and shorthands for tests."""

    backend: Backend
    broker: MessageQueue
    client: TaskdeckClient
    http: httpx.AsyncClient
    token: str
    folder: Path
    settings: Settings
    stack: AsyncExitStack
    local_secret: bytes | None = None

    async def add_worker(
        self,
        worker_id: str = "w1",
        *,
        slots: int = 4,
        task_types: tuple[str, ...] = ("*",),
        secrets: Secrets | None = None,
        executors: Mapping[str, Executor] | None = None,
        key: WorkerKey | None = None,
        stack: AsyncExitStack | None = None,
        broker_url: str | None = None,
    ) -> Worker:
        """Start a worker, which ends with `stack`, by default with the system; `broker_url` is for its own user."""
        stack = stack or self.stack
        broker = self.broker
        if isinstance(broker, RabbitBroker):
            broker = await stack.enter_async_context(
                open_broker(self.settings, RabbitBroker(broker_url or self.broker_url, declares=key is None))
            )
        worker = Worker(
            WorkerSettings(
                worker_id=worker_id,
                slots=slots,
                task_types=task_types,
                spool_dir=self.folder / worker_id,
                heartbeat_interval=timedelta(seconds=0.5),
                linger=timedelta(),
                reported_attempt=timedelta(minutes=5),
                key=key,
                drain_timeout=timedelta(seconds=1),
                kill_grace=timedelta(seconds=0.5),
                secrets=secrets or Secrets(),
                local_secret=self.local_secret,
            ),
            broker,
            executors or load_executors(),
        )
        supervisor = Supervisor()
        supervisor.start(worker, name=worker_id)
        stack.push_async_callback(supervisor.stop)
        async with asyncio.timeout(30):
            await worker.is_ready.wait()
        return worker

    async def enroll(self, worker_id: str) -> WorkerKey:
        """Return the new key of a worker."""
        key = WorkerKey.parse((await self.client.enroll_worker(worker_id)).key)
        assert key is not None
        return key

    @property
    def broker_url(self) -> str:
        assert self.settings.broker_url is not None
        return self.settings.broker_url

    async def create(self, name: str, **fields: Any) -> int:
        task = await self.client.create_task({"name": name, "executor": "shell", **fields})
        return task.id

    async def run(self, name: str, **fields: Any) -> Run:
        """Create a task, trigger it, and return its finished run."""
        task_id = await self.create(name, **fields)
        return await self.finished((await self.client.trigger_task(task_id)).id)

    async def finished(self, run_id: int, *, seconds: float = 20) -> Run:
        return await self.until(run_id, *(status for status in RunStatus if status.is_final), seconds=seconds)

    async def until(self, run_id: int, *statuses: RunStatus, seconds: float = 20) -> Run:
        """Return the run as soon as it has one of the statuses, by the live stream.

        Raises `AssertionError` with what is known of run, workers and dispatcher if that takes longer.
        """
        with self.backend.context.passes.watch(object) as passes:
            try:
                async with asyncio.timeout(seconds):
                    async for _ in self.client.stream([StreamTopic.RUNS]):
                        run = await self.client.get_run(run_id)
                        if run.status in statuses:
                            return run
            except TimeoutError:
                known = await describe(self, run_id, passes)
                wanted = " or ".join(statuses)
                raise AssertionError(f"after {seconds:g} s run {run_id} is not {wanted}\n{known}") from None
        raise AssertionError("the stream ended")

    async def until_workers(self, count: int) -> None:
        """Return when `count` workers are online."""
        async with asyncio.timeout(30):
            async for _ in self.client.stream([StreamTopic.WORKERS]):
                workers = (await self.http.get("/api/workers")).json()["data"]
                if sum(worker["status"] == "online" for worker in workers) >= count:
                    return

    async def until_events(
        self, read: Callable[[], Awaitable[R]], is_enough: Callable[[R], bool], *, topic: StreamTopic = StreamTopic.RUNS
    ) -> R:
        """Return what `read` returns once it is enough; it reads again after each event of the topic."""
        async with asyncio.timeout(60):
            async for _ in self.client.stream([topic]):
                if is_enough(found := await read()):
                    return found
        raise AssertionError("the stream ended")

    async def until_passes(
        self, kind: type[Any], read: Callable[[], Awaitable[R]], is_enough: Callable[[R], bool]
    ) -> R:
        """Return what `read` returns once it is enough; it reads again after each pass with a result of this type."""
        with self.backend.context.passes.watch(kind) as passes:
            while not is_enough(found := await read()):
                await passes.next()
            return found


@asynccontextmanager
async def open_system(database_url: str, broker_url: str | None, folder: Path, **changes: Any) -> AsyncIterator[System]:
    """Open a backend without a worker; `broker_url` None takes the in-process broker, `is_local` is True by default.

    `tracer` is off by default. With `dispatches` False there is no dispatcher, which would change runs that a test
    stores by itself. Other changes are settings.
    """
    is_local = changes.pop("is_local", True)
    dispatches = changes.pop("dispatches", True)
    tracer: Tracer = changes.pop("tracer", NO_TRACER)
    usual: dict[str, Any] = {
        "heartbeat_timeout_seconds": 3,
        "assignment_expiry_seconds": 1,
        "wait_at_start_seconds": 20,
        "login_attempts_per_minute": 5,
    }
    settings = Settings(database_url=database_url, broker_url=broker_url, **usual | changes)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings, database_url))
        made = RabbitBroker(broker_url) if broker_url else InProcessBroker()
        broker = await stack.enter_async_context(open_broker(settings, made))
        local_secret = token_bytes(32) if broker_url is None else None
        roles = frozenset({BackendRole.API, BackendRole.DISPATCHER} if dispatches else {BackendRole.API})
        backend = Backend(settings, database, broker, roles=roles, local_secret=local_secret, tracer=tracer)
        await stack.enter_async_context(open_backend(backend, host="127.0.0.1", port=0, is_local=is_local))
        token = await ensure_local_user(backend.context)
        client = await stack.enter_async_context(TaskdeckClient(backend.url, auth=TokenAuth(token)))
        http = await stack.enter_async_context(
            httpx.AsyncClient(
                base_url=backend.url, headers={"Authorization": f"Bearer {token}"}, timeout=ANSWER_SECONDS
            )
        )
        if dispatches:
            async with asyncio.timeout(30):
                await backend.dispatcher.elected.wait()
        yield System(backend, broker, client, http, token, folder, settings, stack, local_secret)
