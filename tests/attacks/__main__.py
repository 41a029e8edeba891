"""`make attacks`: perform every attack, and print the table (words select groups by name)."""

import asyncio
import logging
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import structlog

from backend.database.embedded_postgres import EmbeddedPostgres
from tests.attacks.groups import GROUPS, Group
from tests.attacks.servers import Servers
from tests.attacks.table import Outcome, performed, render
from tests.conftest import Databases
from tests.local_process import LocalProcess
from tests.rabbit_node import NO_RABBIT, RabbitNode, find_server


async def perform(group: Group, servers: Servers) -> list[Outcome]:
    """Perform the attacks of a group."""
    async with group.open(servers) as target:
        return [await performed(attack, target) for attack in group.attacks]


def start_rabbit(stack: ExitStack) -> str:
    """Start a private node and return its URL."""
    server = find_server()
    if server is None:
        raise SystemExit(NO_RABBIT)
    node = RabbitNode(server)
    stack.callback(node.remove)
    node.start()
    return node.url


def start_local(stack: ExitStack, folder: Path) -> LocalProcess:
    """Start a local backend."""
    backend = LocalProcess(folder / "local")
    backend.start()
    stack.callback(backend.stop)
    return backend


def main(words: list[str]) -> int:
    """Perform the groups one after the other; return how many attacks got more than the table says."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    outcomes: list[Outcome] = []
    began = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="taskdeck-attacks-")))
        folder.chmod(0o755)
        postgres = EmbeddedPostgres(folder / "postgres")
        asyncio.run(postgres.start())
        stack.callback(lambda: asyncio.run(postgres.stop()))
        databases = Databases(postgres.url)
        for number, group in enumerate(GROUPS):
            if words and not any(word in group.name for word in words):
                continue
            place = folder / str(number)
            place.mkdir()
            servers = Servers(databases, place, lambda: start_rabbit(stack), lambda: start_local(stack, folder))
            outcomes += asyncio.run(perform(group, servers))
    print(render(outcomes))
    print(f"in {time.monotonic() - began:.0f} s")
    return sum(bool(one.failure) for one in outcomes)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]) > 0)
