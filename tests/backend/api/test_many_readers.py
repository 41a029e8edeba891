"""One replica serves five hundred readers of the live stream."""

import asyncio
import json
from pathlib import Path

import httpx

from tests.conftest import Databases
from tests.system import ANSWER_SECONDS, System, open_system

READERS = 500
RUNS = 5


class Reader:
    """Reads one connection: `begun` is set once it is open, `ended` has the runs whose end it was told."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.ended: list[int] = []

    async def read(self, client: httpx.AsyncClient) -> None:
        """Read until the end of each run was told."""
        event = ""
        async with client.stream("GET", "/api/stream", params={"topics": "runs"}) as answer:
            assert answer.status_code == 200
            async for line in answer.aiter_lines():
                name, _, value = line.partition(": ")
                if name == "event":
                    event = value
                    self.begun.set()
                    assert event != "gap"
                elif name == "data" and event == "run.finished":
                    self.ended.append(json.loads(value)["id"])
                    if len(self.ended) == RUNS:
                        return


async def test_each_of_many_readers_gets_each_event_once(databases: Databases, tmp_path: Path) -> None:
    url = await databases.create()
    try:
        async with open_system(url, None, tmp_path, streams_per_user=READERS) as system:
            await system.add_worker(slots=RUNS)
            await read_together(system)
    finally:
        await databases.drop(url)


async def read_together(system: System) -> None:
    task_id = await system.create("told", executor="noop", command="")
    readers = [Reader() for _ in range(READERS)]
    limits = httpx.Limits(max_connections=READERS)
    async with (
        httpx.AsyncClient(
            base_url=system.backend.url, headers=system.http.headers, timeout=ANSWER_SECONDS, limits=limits
        ) as client,
        asyncio.timeout(120),
        asyncio.TaskGroup() as group,
    ):
        for reader in readers:
            group.create_task(reader.read(client))
        for reader in readers:
            await reader.begun.wait()
        runs = await system.client.batch([{"task_id": task_id}] * RUNS)
        # The API answers while it serves them.
        assert (await system.http.get("/api/runs", params={"limit": 5})).status_code == 200
    assert {tuple(sorted(reader.ended)) for reader in readers} == {tuple(sorted(runs.run_ids))}
