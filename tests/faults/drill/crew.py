"""The replicas and workers of a drill: each has its own proxies to the servers, and can be stopped and started."""

import asyncio
import os
import random
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from backend.broker.keys import new_secret_text
from shared.client import TaskdeckClient
from shared.client.session import TokenAuth
from shared.errors import TaskdeckError
from tests.faults.drill.proxy import Proxy
from tests.faults.drill.servers import LOOPBACK, Servers, broker_url, database_url
from tests.faults.fleet import HERE, Fleet, Place
from tests.free_port import free_port

END_SECONDS = 60
SETTINGS = {"TASKDECK_HEARTBEAT_TIMEOUT_SECONDS": "4", "TASKDECK_REPORTED_ATTEMPT_SECONDS": "10"}
"""Longer than it takes to connect again, and short enough for a drill."""


@dataclass
class Member:
    """A process and its environment; `process` changes with each start."""

    name: str
    broker: Proxy
    variables: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    is_paused: bool = False
    place: Place = HERE

    @property
    def is_up(self) -> bool:
        """Whether its process lives."""
        return self.process is not None and self.process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """How its process ended."""
        return self.process.returncode if self.process is not None else None

    @property
    def pid(self) -> int:
        """Its process."""
        assert self.process is not None
        return self.process.pid

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        if number in (signal.SIGSTOP, signal.SIGCONT):
            self.is_paused = number is signal.SIGSTOP
        os.kill(self.pid, number)

    async def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal and wait for the end."""
        if self.is_up:
            self.send(number)
        self.is_paused = False
        assert self.process is not None
        await asyncio.to_thread(self.process.wait, END_SECONDS)


@dataclass
class Replica(Member):
    """A backend with the roles api and dispatcher."""

    host: str = LOOPBACK
    port: int = 0
    database: Proxy | None = None
    id: str = ""
    """Its replica id since the last start."""

    @property
    def url(self) -> str:
        """The URL of its API."""
        return f"http://{self.host}:{self.port}"


@dataclass
class Worker(Member):
    """A worker."""

    slots: int = 6
    key: str = ""


class Crew:
    """Two replicas and two workers; a drill may add more."""

    def __init__(self, folder: Path, servers: Servers) -> None:
        self._servers = servers
        self._fleet = Fleet(folder, "", "", log_to_files=True, signing_key=new_secret_text())
        self.replicas: list[Replica] = []
        self.workers: list[Worker] = []
        self.folder = folder
        self.token = ""
        """A token that is valid on every replica, whatever its clock; empty before the first request."""

    async def add_replica(self) -> Replica:
        """Make a replica; it is not started."""
        replica = Replica(
            name=f"replica-{len(self.replicas) + 1}",
            broker=await self._servers.broker_proxy(),
            database=await self._servers.database_proxy(),
            port=free_port(),
        )
        self.replicas.append(replica)
        return replica

    async def add_worker(self) -> Worker:
        """Make a worker, which a replica gives its key; it is not started."""
        name = f"worker-{len(self.workers) + 1}"
        worker = Worker(name=name, broker=await self._servers.broker_proxy(), key=await self.enroll(name))
        self.workers.append(worker)
        return worker

    async def enroll(self, name: str) -> str:
        """Return a new key of a worker."""
        async with await self.client() as client:
            return (await client.enroll_worker(name)).key

    def start(self, member: Member) -> None:
        """Start a member, or start it again."""
        variables = {"TASKDECK_BROKER_URL": broker_url(member.broker), **SETTINGS, **member.variables}
        if isinstance(member, Replica):
            assert member.database is not None
            variables["TASKDECK_DATABASE_URL"] = database_url(member.database)
            member.process = self._fleet.backend(member.port, host=member.host, place=member.place, **variables)
        elif isinstance(member, Worker):
            variables["TASKDECK_WORKER_KEY"] = member.key
            member.process = self._fleet.worker(member.name, slots=member.slots, place=member.place, **variables)

    async def until_ready(self, replica: Replica, *, seconds: float = 60) -> None:
        """Return when a replica is ready, and store its id."""
        async with asyncio.timeout(seconds):
            auth = TokenAuth(self.token) if self.token else None
            while True:
                async with TaskdeckClient(replica.url, auth=auth, allows_http=True) as client:
                    try:
                        if (await client.ready()).ready:
                            replica.id = (await client.info()).replica_id if self.token else ""
                            return
                    except TaskdeckError:
                        pass
                await asyncio.sleep(0.05)

    async def client(self) -> TaskdeckClient:
        """Return a client signed in to any replica."""
        return await self._fleet.client(random.choice(self.replicas).port)

    def kill_all(self) -> None:
        """Kill all live processes, also stopped ones."""
        self._fleet.kill_all()
