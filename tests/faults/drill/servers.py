"""A private PostgreSQL and RabbitMQ, reached through proxies, so that each connection can be broken."""

import asyncio
import signal
from pathlib import Path

import asyncpg
import psutil

from backend.database.embedded_postgres import EmbeddedPostgres
from tests.faults.drill.proxy import Proxy
from tests.rabbit_node import NO_RABBIT, RabbitNode, find_server

DATABASE = "drill"
LOOPBACK = "127.0.0.1"
HEARTBEAT_SECONDS = 3
_END_SECONDS = 30


class PostgresServer:
    """The embedded PostgreSQL below a folder; signals end it as its operator or a crash would."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._embedded = EmbeddedPostgres(folder)

    async def start(self) -> None:
        """Start it, or start it again."""
        embedded = EmbeddedPostgres(self._folder)
        await embedded.start()
        self._embedded = embedded

    async def end(self, number: signal.Signals) -> None:
        """End it: SIGINT is its fast end, SIGQUIT its immediate one, SIGKILL a crash."""
        lines = (self._folder / "postmaster.pid").read_text().splitlines()
        postmaster = psutil.Process(int(lines[0]))
        family = [postmaster, *postmaster.children()]
        postmaster.send_signal(number)
        async with asyncio.timeout(_END_SECONDS):
            for process in family:
                while _lives(process):
                    await asyncio.sleep(0.02)
        await self._embedded.stop()

    async def remove(self) -> None:
        """End it for good."""
        await self._embedded.stop()

    @property
    def socket(self) -> Path:
        """Its Unix socket."""
        return Path(self._embedded.url.partition("host=")[2]) / ".s.PGSQL.5432"

    async def connect(self) -> "asyncpg.Connection[asyncpg.Record]":
        """Return a connection that bypasses the proxies."""
        return await asyncpg.connect(host=str(self.socket.parent), user="postgres", database=DATABASE, timeout=5)

    async def make_database(self) -> None:
        """Make the drill's database."""
        connection = await asyncpg.connect(self._embedded.url)
        await connection.execute(f"create database {DATABASE}")
        await connection.close()


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Servers:
    """Both servers, and a proxy for each process that talks to them."""

    def __init__(self, folder: Path) -> None:
        server = find_server()
        if server is None:
            raise SystemExit(NO_RABBIT)
        self.postgres = PostgresServer(folder / "postgres")
        self.rabbit = RabbitNode(server)
        self._proxies: list[Proxy] = []

    async def start(self) -> None:
        """Start both."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.postgres.start())
            group.create_task(asyncio.to_thread(self.rabbit.start))
        await self.postgres.make_database()

    async def database_proxy(self, host: str = LOOPBACK) -> Proxy:
        """Return a proxy to the database at an address of this machine."""
        return await self._proxy(Proxy(self.postgres.socket, host=host))

    async def broker_proxy(self, host: str = LOOPBACK) -> Proxy:
        """Return a proxy to the broker at an address of this machine."""
        return await self._proxy(Proxy((LOOPBACK, self.rabbit.port), host=host))

    def release(self) -> None:
        """Restore all proxies."""
        for proxy in self._proxies:
            proxy.release()

    async def _proxy(self, proxy: Proxy) -> Proxy:
        await proxy.open()
        self._proxies.append(proxy)
        return proxy

    def rabbitmqctl(self, *arguments: str) -> None:
        """Run rabbitmqctl on the node."""
        self.rabbit.control(*arguments)

    async def remove(self) -> None:
        """Stop both and delete their data."""
        for proxy in self._proxies:
            await proxy.close()
        await asyncio.to_thread(self.rabbit.remove)
        await self.postgres.remove()


def database_url(proxy: Proxy) -> str:
    """Return the database's URL through a proxy."""
    return f"postgresql://postgres@{proxy.host}:{proxy.port}/{DATABASE}"


def broker_url(proxy: Proxy) -> str:
    """Return the broker's URL through a proxy; times are as much shorter as the drill's other ones."""
    return f"amqp://guest:guest@{proxy.host}:{proxy.port}/?heartbeat={HEARTBEAT_SECONDS}"
