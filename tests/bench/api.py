"""How many tasks a second the API creates, and how many it triggers: one replica, eight connections.

wrk sends the requests: a client in Python costs more than the API's answer, and would be measured in its place.
"""

import asyncio
import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from tests.bench.processes import Processes
from tests.bench.report import report
from tests.bench.sizes import size

SECONDS = size("API_SECONDS", 10)
WARM_SECONDS = 2
COMMITS = 4_000
CONNECTIONS = 8
ANSWER_SECONDS = 30
SCRIPT = Path(__file__).with_name("api_load.lua")


@dataclass(frozen=True, slots=True)
class Answers:
    """What wrk counted."""

    requests: int
    microseconds: int
    p99_microseconds: int
    errors: int

    @property
    def per_second(self) -> float:
        return self.requests / self.microseconds * 1e6


async def commits_per_s(url: str) -> float:
    """Return the single-row commits a second of PostgreSQL with the same number of connections."""
    pool = await asyncpg.create_pool(url, min_size=CONNECTIONS, max_size=CONNECTIONS)
    async with pool:
        await pool.execute("create table bench_rows (id bigint generated always as identity, text text)")

        async def insert(count: int) -> None:
            for _ in range(count):
                await pool.execute("insert into bench_rows (text) values ($1)", "x" * 300)

        began = time.perf_counter()
        await asyncio.gather(*(insert(COMMITS // CONNECTIONS) for _ in range(CONNECTIONS)))
        took = time.perf_counter() - began
        await pool.execute("drop table bench_rows")
    return COMMITS / took


def _send(url: str, *, path: str, body: str, token: str, seconds: int) -> Answers:
    """POST a body for some time over several connections; end the measure where an answer is an error."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("wrk is missing: the API is measured with it. On Debian: apt-get install wrk")
    done = subprocess.run(
        [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", f"--timeout={ANSWER_SECONDS}s", "-s", str(SCRIPT), url],
        env={**os.environ, "BENCH_PATH": path, "BENCH_BODY": body, "BENCH_TOKEN": token},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"wrk ended with exit code {done.returncode}: {done.stdout}{done.stderr}")
    answers = Answers(**json.loads(done.stdout.splitlines()[-1]))
    if answers.errors:
        raise SystemExit(f"POST {path}: {answers.errors} errors in {answers.requests} requests")
    return answers


async def measure(system: Processes) -> None:
    """Create tasks, then trigger one; there is no worker."""
    token = await system.access_token()
    task = await system.client.create_task({"name": "triggered", "executor": "noop", "overlap_policy": "allow"})
    fields = {"executor": "shell", "command": "true", "schedule": "0 3 1 1 *"}
    paths = {"api_creates": "/api/tasks", "api_triggers": f"/api/tasks/{task.id}/trigger"}
    counts = {"api_creates": "select count(*) - 1 from tasks", "api_triggers": "select count(*) from runs"}
    units = {"api_creates": "tasks/s", "api_triggers": "triggers/s"}
    connection = await asyncpg.connect(system.servers.database_url)
    try:
        for name, path in paths.items():
            sent = []
            for part, seconds in (("warm", WARM_SECONDS), ("measured", SECONDS)):
                body = json.dumps({"name": f"bench {part} NUMBER", **fields}) if name == "api_creates" else "{}"
                sent.append(
                    await asyncio.to_thread(_send, system.url, path=path, body=body, token=token, seconds=seconds)
                )
            requests = sum(answers.requests for answers in sent)
            if not sent[-1].requests:
                raise SystemExit(f"POST {path}: no answer in {SECONDS} s")
            stored = await connection.fetchval(counts[name])
            # At its end wrk leaves one request on each connection without waiting for the answer.
            if not requests <= stored <= requests + len(sent) * CONNECTIONS:
                raise SystemExit(f"{name}: {stored} rows are stored after {requests} answers")
            limit = await commits_per_s(system.servers.database_url)
            report(f"{name}_per_s", sent[-1].per_second, units[name], limit)
            report(f"{name}_p99_ms", sent[-1].p99_microseconds / 1000, "ms")
    finally:
        await connection.close()
