"""Airflow with the LocalExecutor on PostgreSQL: the four processes of `airflow standalone`."""

import asyncio
import os
import secrets
import subprocess
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx

from tests.bench.schedulers.process_tree import started
from tests.bench.schedulers.scheduler import PARALLEL, START_SECONDS
from tests.bench.schedulers.starts import Starts
from tests.bench.servers import Servers
from tests.free_port import free_port

_DAGS = Path(__file__).parent / "programs" / "airflow_dags"
_DAG = "/api/v2/dags/bench"
_COMPONENTS = (
    ("api-server",),
    ("dag-processor",),
    # Their servers of log files would listen on all addresses.
    ("scheduler", "--skip-serve-logs"),
    ("triggerer", "--skip-serve-logs"),
)
_CREATED_AT_A_TIME = 8
_POLL_SECONDS = 0.5


class Airflow:
    """The running components with their DAG."""

    def __init__(self, client: httpx.AsyncClient, components: list[subprocess.Popen[bytes]]) -> None:
        self._client = client
        self._components = components

    async def trigger(self) -> None:
        (await self._client.post(f"{_DAG}/dagRuns", json={"logical_date": None})).raise_for_status()

    async def drain(self, runs: int) -> None:
        await self._pause(True)
        for _ in range(0, runs, _CREATED_AT_A_TIME):
            await asyncio.gather(*(self.trigger() for _ in range(_CREATED_AT_A_TIME)))
        await self._pause(False)

    async def _pause(self, paused: bool) -> None:
        (await self._client.patch(_DAG, json={"is_paused": paused})).raise_for_status()

    def pids(self) -> Iterable[int]:
        return [component.pid for component in self._components]


@asynccontextmanager
async def airflow(python: Path, where: Servers, folder: Path, starts: Starts) -> AsyncIterator[Airflow]:
    """Make the tables and start the components."""
    folder.mkdir()
    url = f"http://127.0.0.1:{free_port()}"
    environment = _environment(python, where, folder, url) | {
        "BENCH_COMMAND": starts.command,
        "BENCH_PARALLEL": str(PARALLEL),
    }
    program = python.parent / "airflow"
    log = folder / "components.log"
    with started([program, "db", "migrate"], environment=environment, log=log) as migration:
        if await asyncio.to_thread(migration.wait, START_SECONDS) != 0:
            raise SystemExit(f"airflow db migrate ended with exit code {migration.returncode}: {log.read_text()}")
    async with AsyncExitStack() as stack:
        components = [
            stack.enter_context(started([program, *component], environment=environment, log=log))
            for component in _COMPONENTS
        ]
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=url, trust_env=False, timeout=60))
        await _until_ready(client)
        yield Airflow(client, components)


async def _until_ready(client: httpx.AsyncClient) -> None:
    """Sign in, and return when the components report that they are healthy and the DAG is known."""
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                health = (await client.get("/api/v2/monitor/health")).raise_for_status().json()
                if all(part["status"] == "healthy" for part in health.values()):
                    token = (await client.get("/auth/token")).raise_for_status().json()["access_token"]
                    client.headers["Authorization"] = f"Bearer {token}"
                    if (await client.get(_DAG)).status_code == httpx.codes.OK:
                        return
            except httpx.TransportError:
                pass
            await asyncio.sleep(_POLL_SECONDS)


def _environment(python: Path, where: Servers, folder: Path, url: str) -> dict[str, str]:
    """Return Airflow's settings; all that are not named have their defaults."""
    address = where.database_url.partition("://")[2]
    return {
        **os.environ,
        "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}",
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": str(PARALLEL),
        "AIRFLOW__CORE__DAGS_FOLDER": str(_DAGS),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2://{address}",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": f"postgresql+asyncpg://{address}",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": url.rpartition(":")[2],
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__SECRET_KEY": secrets.token_hex(32),
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(32),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "SCARF_ANALYTICS": "false",
        "DO_NOT_TRACK": "1",
    }
