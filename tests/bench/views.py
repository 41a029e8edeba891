"""How long each view of the console takes to load from a large database."""

import asyncio
import os
import subprocess
import sys

from tests.bench.processes import Processes

WAIT_SECONDS = 1_800


async def measure(system: Processes) -> None:
    """Run the console, which reports the measures, as a process of its own: this one has no Qt."""
    command = [sys.executable, "-m", "tests.bench.console_views", system.url, str(system.folder)]
    environment = {**os.environ, "BENCH_TOKEN": await system.access_token()}
    await asyncio.to_thread(subprocess.run, command, env=environment, check=True, timeout=WAIT_SECONDS)
