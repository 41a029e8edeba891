"""A backend on RabbitMQ with keys of workers and of secrets, and who reads along on the broker."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from backend.broker.gate import Refused
from backend.broker.keys import WorkerKey, new_secret_text
from backend.broker.rabbitmq import RabbitBroker
from backend.encryption.key_ring import new_key
from shared.enums import RunStatus, StreamTopic
from shared.models.run import Run
from tests.attacks.private_worker import private_worker
from tests.attacks.servers import Servers
from tests.integration.test_broker_attacks import SLOW, Recorder
from tests.system import System, open_system


@dataclass
class Fleet:
    """Two enrolled workers: `w1`, which runs, and `mallory`, whose owner attacks."""

    system: System
    recorder: Recorder
    key: WorkerKey
    mallory: WorkerKey
    rabbit_url: str
    database_url: str
    folder: Path
    _names: int = 0

    def name(self, words: str) -> str:
        """Return a name that no other attack uses."""
        self._names += 1
        return f"{words} {self._names}"

    async def run(self, command: str = "true", **fields: Any) -> Run:
        """Return the finished run of a new task."""
        return await self.system.run(self.name("run"), command=command, **fields)

    async def waiting_run(self) -> tuple[Run, Path]:
        """Return a run that runs until a file exists, which its command looks for."""
        name = self.name("waiting")
        go = self.folder / name.replace(" ", "-")
        task = await self.system.create(name, command=SLOW, environment={"GO": str(go)})
        run = await self.system.client.trigger_task(task)
        return await self.system.until(run.id, RunStatus.RUNNING), go

    async def inject(self, queue: str, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Send as anybody on the broker can."""
        await self.system.broker.send(queue, body, durable=queue in ("reports", "logs"), headers=headers)

    def refused(self, queue: str, *reasons: Refused) -> int:
        """Return how many messages of a queue were refused for these reasons."""
        counts = self.system.backend.refused_messages.counts
        return sum(counts[queue, reason] for reason in reasons)

    async def expect_refused(
        self, queue: str, reason: Refused, *messages: tuple[bytes, Mapping[str, str] | None]
    ) -> None:
        """Send messages, and check that each is refused for this reason before what follows them is taken in."""
        before = self.refused(queue, reason)
        for body, headers in messages:
            await self.inject(queue, body, headers)
        await self.run()
        assert self.refused(queue, reason) == before + len(messages), self.system.backend.refused_messages.counts


@asynccontextmanager
async def fleet(servers: Servers) -> AsyncIterator[Fleet]:
    recorder = Recorder()
    send = RabbitBroker.send

    async def recorded(broker: RabbitBroker, queue: str, body: bytes, **more: Any) -> None:
        recorder.sent.append((queue, body, more.get("headers") or {}))
        await send(broker, queue, body, **more)

    keys = {"signing_key": new_secret_text(), "secrets_key": new_key().text()}
    url = servers.rabbit_url()
    async with servers.database() as database_url:
        with patch.object(RabbitBroker, "send", recorded):
            async with open_system(database_url, url, servers.folder, **keys) as system:
                key, mallory = await system.enroll("w1"), await system.enroll("mallory")
                await system.add_worker("w1", key=key, task_types=("shell", "noop"))
                private = (await system.enroll("private")).text()
                with private_worker(servers.folder, url, private):
                    await system.until_events(
                        system.client.list_workers, lambda page: len(page.data) == 2, topic=StreamTopic.WORKERS
                    )
                    yield Fleet(system, recorder, key, mallory, url, database_url, servers.folder)
