"""What the job of each peer does: nothing or a shell command, and one byte in a file for each end."""

import asyncio
import os
import subprocess
from functools import cache

COMMAND = ["sh", "-c", "true"]
ENDED_FILE = "BENCH_ENDED_FILE"
"""The variable with the name of the file. Its size is the number of jobs that have ended."""
BROKER_URL = "BENCH_BROKER_URL"
DATABASE_URL = "BENCH_DATABASE_URL"


@cache
def _ended_file() -> int:
    return os.open(os.environ[ENDED_FILE], os.O_WRONLY | os.O_APPEND | os.O_CREAT)


def do(kind: str) -> None:
    """Do a job and count its end."""
    if kind == "shell":
        subprocess.run(COMMAND, capture_output=True, check=True)
    os.write(_ended_file(), b".")


async def do_async(kind: str) -> None:
    """Do a job on an event loop and count its end."""
    if kind == "shell":
        process = await asyncio.create_subprocess_exec(
            *COMMAND, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        await process.communicate()
    os.write(_ended_file(), b".")
