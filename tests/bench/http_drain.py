"""Throughput of HTTP runs against a server on loopback, beside a bare loop over the same client library.

The bare loop is what a queue of one's own would do: one httpx client with as many requests at once as the worker has
slots, and its connections used again.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE

from tests.bench.drain import SLOTS, drain
from tests.bench.processes import Processes
from tests.bench.report import report
from tests.bench.sizes import size

RUNS = size("HTTP_RUNS", 3_000)
WAIT_SECONDS = 300
_PROGRAM = (sys.executable, "-m", "tests.bench.loopback_http")


async def _bare_per_s(url: str) -> float:
    bare = await asyncio.create_subprocess_exec(*_PROGRAM, "get", url, str(RUNS), str(SLOTS), stdout=PIPE)
    output, _ = await asyncio.wait_for(bare.communicate(), WAIT_SECONDS)
    if bare.returncode:
        raise SystemExit(f"the bare loop ended with exit code {bare.returncode}")
    return float(output)


async def measure(system: Processes) -> None:
    """Drain runs of one GET each."""
    server = await asyncio.create_subprocess_exec(*_PROGRAM, "serve", stdout=PIPE)
    assert server.stdout is not None
    try:
        url = (await server.stdout.readline()).decode().strip()
        bare = await _bare_per_s(url)
        command = f'{{"url": "{url}"}}'
        drained, _ = await drain(system, executor="http", command=command, runs=RUNS, name="drain-http")
    finally:
        server.terminate()
        await server.wait()
    report("http_drain_per_s", drained, "runs/s", bare)
    report("http_drain_ratio", drained / bare, "of a bare loop over httpx")
