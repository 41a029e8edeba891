"""The servers of the measures: PostgreSQL and RabbitMQ, private ones unless the environment names others."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from backend.database.embedded_postgres import EmbeddedPostgres
from tests.rabbit_node import RabbitNode, find_server


@dataclass(frozen=True, slots=True)
class Servers:
    """The URLs of a database and of a virtual host."""

    database_url: str
    broker_url: str


class ServerPair:
    """A running PostgreSQL and a running RabbitMQ, on which each system gets places of its own."""

    def __init__(self, database_url: str, broker_url: str, node: RabbitNode | None) -> None:
        """Without a node, all systems use the virtual host of the URL, one after the other."""
        self._database_url = database_url
        self._broker_url = broker_url
        self._node = node

    @asynccontextmanager
    async def place(self, name: str) -> AsyncIterator[Servers]:
        """Create a database and a virtual host; remove both at the end."""
        database = f"taskdeck_bench_{os.getpid()}_{name}"
        await _admin(self._database_url, f'create database "{database}"')
        try:
            yield Servers(_with_database(self._database_url, database), await asyncio.to_thread(self._add_host, name))
        finally:
            await _admin(self._database_url, f'drop database "{database}" with (force)')
            if self._node is not None:
                await asyncio.to_thread(self._node.control, "delete_vhost", name)

    def _add_host(self, name: str) -> str:
        if self._node is None:
            return self._broker_url
        self._node.control("add_vhost", name)
        self._node.control("set_permissions", "-p", name, "guest", ".*", ".*", ".*")
        return self._broker_url + name


@asynccontextmanager
async def servers(folder: Path) -> AsyncIterator[ServerPair]:
    """Start both, or use those of TASKDECK_TEST_DATABASE_URL and TASKDECK_TEST_BROKER_URL."""
    database_url = os.environ.get("TASKDECK_TEST_DATABASE_URL")
    broker_url = os.environ.get("TASKDECK_TEST_BROKER_URL")
    postgres = node = None
    try:
        if database_url is None:
            postgres = EmbeddedPostgres(folder / "postgres")
            await postgres.start()
            database_url = postgres.url
        if broker_url is None:
            server = find_server()
            if server is None:
                raise SystemExit("RabbitMQ is missing: install it, or name one in TASKDECK_TEST_BROKER_URL.")
            node = RabbitNode(server)
            await asyncio.to_thread(node.start)
            broker_url = node.url
        yield ServerPair(database_url, broker_url, node)
    finally:
        if node is not None:
            await asyncio.to_thread(node.remove)
        if postgres is not None:
            await postgres.stop()


async def _admin(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _with_database(url: str, name: str) -> str:
    address, _, query = url.partition("?")
    return f"{address.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
