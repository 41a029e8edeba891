"""Prefect: its own server on SQLite, its default, and a process that serves one flow."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import httpx

from tests.bench.schedulers.process_tree import started
from tests.bench.schedulers.scheduler import START_SECONDS
from tests.bench.schedulers.starts import Starts
from tests.free_port import free_port

_FLOW = Path(__file__).parent / "programs" / "prefect_flow.py"
_PARALLEL = 8
"""Runs that execute at a time. The default of 5 would end at most 5 for each poll, and each run is a process of its own
that imports Prefect, of which 32 hold up each other and the server on two cores."""
_POLL_SECONDS = 0.5


class Prefect:
    """The running server, and the serving process, which a drain starts again."""

    def __init__(
        self, python: Path, client: httpx.AsyncClient, server: subprocess.Popen[bytes], environment: Mapping[str, str]
    ) -> None:
        self._python = python
        self._client = client
        self._server = server
        self._environment = environment
        self._deployment = ""
        self._pids: tuple[int, ...] = (server.pid,)
        self.serving = ExitStack()

    async def trigger(self) -> None:
        while True:
            answer = await self._client.post(f"deployments/{self._deployment}/create_flow_run", json={})
            # A busy server answers so, and the wait counts as latency.
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            await asyncio.sleep(_POLL_SECONDS)
        answer.raise_for_status()

    async def drain(self, runs: int) -> None:
        self.serving.close()
        for _ in range(runs):
            await self.trigger()
        await self.serve()

    async def serve(self) -> None:
        """Start the process that serves the flow, and return when the server knows the flow."""
        log = Path(self._environment["PREFECT_HOME"]) / "serve.log"
        serving = self.serving.enter_context(started([self._python, _FLOW], environment=self._environment, log=log))
        self._pids = (self._server.pid, serving.pid)
        async with asyncio.timeout(START_SECONDS):
            while (found := await self._client.get("deployments/name/bench/bench")).status_code != httpx.codes.OK:
                await asyncio.sleep(_POLL_SECONDS)
        self._deployment = found.json()["id"]

    def pids(self) -> Iterable[int]:
        return self._pids


@asynccontextmanager
async def prefect(python: Path, folder: Path, starts: Starts) -> AsyncIterator[Prefect]:
    """Start the server and the serving process."""
    folder.mkdir()
    port = free_port()
    url = f"http://127.0.0.1:{port}/api/"
    environment = {
        **os.environ,
        "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}",
        "PREFECT_HOME": str(folder),
        "PREFECT_API_URL": url.rstrip("/"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
        "DO_NOT_TRACK": "1",
        "BENCH_COMMAND": starts.command,
        "BENCH_PARALLEL": str(_PARALLEL),
    }
    command = [str(python.parent / "prefect"), "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with started(command, environment=environment, log=folder / "server.log") as server:
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as client:
            await _until_ready(client)
            running = Prefect(python, client, server, environment)
            try:
                await running.serve()
                yield running
            finally:
                running.serving.close()


async def _until_ready(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                if (await client.get("health")).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(_POLL_SECONDS)
