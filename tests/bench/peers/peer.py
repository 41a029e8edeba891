"""Programs of peers, run in their own environment and measured from outside."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PROGRAMS = Path(__file__).parent / "programs"
_POLL_SECONDS = 0.002
_WAIT_SECONDS = 300.0
_END_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer's program, with the jobs of each kind that it ends in a few seconds."""

    name: str
    program: str
    noop_jobs: int
    shell_jobs: int
    needs_tables: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


PEERS = (
    Peer("pgqueuer", "pgqueuer_program.py", 20_000, 2_000, needs_tables=True),
    Peer("Dramatiq", "dramatiq_program.py", 20_000, 2_000),
    Peer("Celery", "celery_program.py", 10_000, 2_000),
    Peer("Celery with results", "celery_program.py", 1_000, 500, environment={"BENCH_RESULTS": "yes"}),
    Peer("procrastinate", "procrastinate_program.py", 1_000, 500, needs_tables=True),
)


class PeerRuns:
    """Runs the programs of peers with one environment, one PostgreSQL and one RabbitMQ."""

    def __init__(self, python: Path, folder: Path, *, database_url: str, broker_url: str) -> None:
        self._python = python
        self._ended = folder / "ended"
        self._variables = {
            **os.environ,
            "BENCH_ENDED_FILE": str(self._ended),
            "BENCH_DATABASE_URL": database_url,
            "BENCH_BROKER_URL": broker_url,
        }

    async def prepare(self, peer: Peer) -> None:
        """Make the tables that a peer needs."""
        if peer.needs_tables:
            await self._run(peer, "prepare")

    async def enqueued_per_s(self, peer: Peer, kind: str, jobs: int) -> float:
        """Enqueue jobs one by one; return how many a second."""
        return (jobs - 1) / float((await self._run(peer, "enqueue", kind, str(jobs))).split()[-1])

    async def ended_per_s(self, peer: Peer, jobs: int) -> float:
        """Start workers on a full queue and return the jobs a second between the first end and the last."""
        self._ended.unlink(missing_ok=True)
        self._ended.touch()
        with self._working(peer):
            first = await self._until_ended(1)
            began = time.perf_counter()
            await self._until_ended(jobs)
            return (jobs - first) / (time.perf_counter() - began)

    async def _until_ended(self, jobs: int) -> int:
        async with asyncio.timeout(_WAIT_SECONDS):
            while (ended := self._ended.stat().st_size) < jobs:
                await asyncio.sleep(_POLL_SECONDS)
        return ended

    @contextmanager
    def _working(self, peer: Peer) -> Iterator[None]:
        process = subprocess.Popen(
            [self._python, peer.program, "work"], cwd=PROGRAMS, env={**self._variables, **peer.environment},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield
        finally:
            process.terminate()
            process.wait(_END_SECONDS)

    async def _run(self, peer: Peer, *arguments: str) -> str:
        process = await asyncio.create_subprocess_exec(
            self._python, peer.program, *arguments, cwd=PROGRAMS, env={**self._variables, **peer.environment},
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        output, _ = await asyncio.wait_for(process.communicate(), _WAIT_SECONDS)
        if process.returncode != 0:
            sys.exit(f"{peer.name}: {peer.program} {' '.join(arguments)} ended with exit code {process.returncode}")
        return output.decode()
