"""Misbehaving commands: their outcome is recorded correctly, the worker stays small, no process is left behind."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psutil

from shared.client import TaskdeckClient
from shared.enums import RunStatus
from shared.models.run import Run
from tests.faults.drill.drill import Drill, Incident
from tests.faults.fleet import make, until_ended
from tests.processes import alive, unique_sleep

MOST_WORKER_MEMORY = 200 * 1024 * 1024
_LEFT_BEHIND = unique_sleep()
"""Sleep of a process that might be left behind."""
_PYTHON = f"exec {sys.executable} -c"
_DAEMON = f"setsid sleep {_LEFT_BEHIND} & sleep {_LEFT_BEHIND}"
_EATS = "import time; b = bytes(1) * 30000000; time.sleep(60)"
_OPENS_FILES = 'f = [open("/dev/null") for _ in range(100)]'


@dataclass(frozen=True, slots=True, kw_only=True)
class Misdeed:
    """A command, and the outcome that must be recorded."""

    name: str
    command: str
    status: RunStatus
    fields: dict[str, Any] = field(default_factory=dict)
    says: str = ""
    """What the run's error holds."""
    holds: Callable[[Run], bool] = lambda run: True


MISDEEDS = (
    Misdeed(
        name="ignores SIGTERM",
        command=f'trap "" TERM; sleep {_LEFT_BEHIND} & sleep {_LEFT_BEHIND}; sleep {_LEFT_BEHIND}',
        fields={"timeout_seconds": 1},
        status=RunStatus.TIMED_OUT,
        says="timed out",
    ),
    Misdeed(
        name="daemonises",
        command=f"setsid sh -c '{_DAEMON}' </dev/null >/dev/null 2>&1 & exit 0",
        status=RunStatus.SUCCEEDED,
    ),
    Misdeed(
        name="forks 1,000 children",
        command=f"i=0; while [ $i -lt 1000 ]; do sleep {_LEFT_BEHIND} & i=$((i+1)); done; exit 4",
        status=RunStatus.FAILED,
        holds=lambda run: run.exit_code == 4,
    ),
    Misdeed(
        name="prints 1 GB without a newline",
        command="head -c 1000000000 /dev/zero | tr '\\0' x",
        status=RunStatus.SUCCEEDED,
        holds=lambda run: len(run.stdout_tail or "") == 64 * 1024,
    ),
    Misdeed(
        name="prints what is not UTF-8",
        command="head -c 3000000 /dev/urandom; printf '\\377\\000end'",
        status=RunStatus.SUCCEEDED,
        holds=lambda run: (run.stdout_tail or "").endswith("end"),
    ),
    Misdeed(
        name="eats memory",
        command=f"{_PYTHON} 'b = bytearray(900 * 1024 * 1024)'",
        fields={"max_memory_mb": 64},
        status=RunStatus.FAILED,
        says="max_memory_mb",
    ),
    Misdeed(
        name="eats memory in many processes",
        command=f"for i in 1 2 3 4 5 6; do {sys.executable} -c '{_EATS}' & done; wait",
        fields={"max_memory_mb": 100},
        status=RunStatus.FAILED,
        says="max_memory_mb",
    ),
    Misdeed(
        name="takes CPU time without end",
        command="while :; do :; done",
        fields={"max_cpu_seconds": 1},
        status=RunStatus.FAILED,
        says="max_cpu_seconds",
    ),
    Misdeed(
        name="opens too many files",
        command=f"{_PYTHON} '{_OPENS_FILES}'",
        fields={"max_open_files": 32},
        status=RunStatus.FAILED,
        says="max_open_files",
    ),
    Misdeed(
        name="ends by a signal",
        command="kill -SEGV $$",
        status=RunStatus.FAILED,
        says="SIGSEGV",
        holds=lambda run: run.exit_code == 139,
    ),
)


async def misbehave(drill: Drill) -> None:
    """Run each misbehaving command under load."""
    async with drill.row("misbehaving commands", repeats=False) as incident, await drill.crew.client() as client:
        watching = asyncio.create_task(_watch_memory(drill))
        for _ in range(3 if drill.is_long else 1):
            for misdeed in MISDEEDS:
                await _commit(client, misdeed, incident)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        most = drill.most_worker_memory / 1024 / 1024
        incident.expect(drill.most_worker_memory < MOST_WORKER_MEMORY, f"a worker took {most:.0f} MiB, may take 200")
        incident.notes = f"the largest worker took {most:.0f} MiB"
        left = alive(_LEFT_BEHIND)
        incident.expect(not left, f"{len(left)} processes were left behind")


async def _commit(client: TaskdeckClient, misdeed: Misdeed, incident: Incident) -> None:
    task_id = await make(client, f"{misdeed.name} {incident.injected}", misdeed.command, **misdeed.fields)
    run = await until_ended(client, (await client.trigger_task(task_id)).id, seconds=90)
    incident.injected += 1
    told = f"status {run.status}, exit code {run.exit_code}, error {run.error!r}"
    incident.expect(run.status is misdeed.status, f"{misdeed.name}: {told}")
    incident.expect(misdeed.says in (run.error or ""), f"{misdeed.name}: {told}")
    incident.expect(misdeed.holds(run), f"{misdeed.name}: {told}, tail of {len(run.stdout_tail or '')} characters")


async def _watch_memory(drill: Drill) -> None:
    while True:
        for worker in drill.crew.workers:
            drill.most_worker_memory = max(drill.most_worker_memory, psutil.Process(worker.pid).memory_info().rss)
        await asyncio.sleep(0.1)
