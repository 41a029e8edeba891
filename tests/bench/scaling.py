"""How throughput changes with more workers, more replicas, and other shapes of labels and task types; as ratios.

Each shape is a hundred kinds of tasks or four, beside one kind that every worker accepts:

- dense: every worker accepts all hundred kinds.
- sparse: one worker of four accepts a kind, which has a hundredth of the runs.
- partitioned: each worker has a kind of its own.
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import asyncpg

from tests.bench.drain import BATCH
from tests.bench.processes import Processes, end
from tests.bench.report import report
from tests.bench.sizes import size

RUNS = size("SCALING_RUNS", 30_000)
ROUNDS = size("SCALING_ROUNDS", 3)
WORKERS = 4
REPLICAS = 3
LABELS = 20
TASK_TYPES = 5
SLOTS = 32
WAIT_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Kind:
    """What the tasks of one placement require of a worker."""

    label: str | None
    task_type: str

    def task(self, name: str) -> dict[str, object]:
        """Return the fields of a task."""
        wanted = {} if self.label is None else {self.label: "yes"}
        return {
            "name": name, "executor": "noop", "task_type": self.task_type, "overlap_policy": "allow",
            "worker_labels": wanted,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """The kinds of tasks, and the labels of each worker."""

    name: str
    kinds: Sequence[Kind]
    labels: Sequence[Sequence[str]]


_ALL = [f"label-{number}" for number in range(LABELS)]
_MANY = [Kind(label, f"type-{number}") for label in _ALL for number in range(TASK_TYPES)]


def _one_kind(workers: int) -> Shape:
    return Shape(f"{workers} workers", [Kind(None, "noop")], [[]] * workers)


SHAPES = (
    Shape("dense", _MANY, [_ALL] * WORKERS),
    Shape("sparse", _MANY, [_ALL[number::WORKERS] for number in range(WORKERS)]),
    Shape("partitioned", [Kind(f"part-{n}", "noop") for n in range(WORKERS)], [[f"part-{n}"] for n in range(WORKERS)]),
)


@asynccontextmanager
async def _workers(system: Processes, name: str, labels: Sequence[Sequence[str]]) -> AsyncIterator[list[str]]:
    """Start the workers of a shape; yield their ids when all are online."""
    started, ids = [], [f"{name}-{number}" for number in range(len(labels))]
    try:
        for worker_id, own in zip(ids, labels, strict=True):
            options = tuple(part for label in own for part in ("--label", f"{label}=yes"))
            started.append(await system.start_worker(worker_id, slots=SLOTS, options=options))
        await system.until_online(len(ids))
        yield ids
    finally:
        for worker in started:
            end(worker)


async def _drained_per_s(system: Processes, shape: Shape) -> float:
    """Return the median of the runs a second, with all workers ready before the first run is assigned."""
    name = shape.name.replace(" ", "-")
    connection = await asyncpg.connect(system.servers.database_url)
    try:
        tasks = [
            (await system.client.create_task(kind.task(f"{name} {number}"))).id
            for number, kind in enumerate(shape.kinds)
        ]
        async with _workers(system, name, shape.labels) as ids:
            rates = [await _round(system, connection, tasks, ids) for _ in range(ROUNDS)]
    finally:
        await connection.close()
    return statistics.median(rates)


async def _round(
    system: Processes, connection: asyncpg.Connection[asyncpg.Record], tasks: Sequence[int], workers: Sequence[str]
) -> float:
    for worker_id in workers:
        await system.client.drain_worker(worker_id)
    before = await connection.fetchval("select coalesce(max(id), 0) from runs")
    for start in range(0, RUNS, BATCH):
        runs = range(start, min(start + BATCH, RUNS))
        await system.client.batch([{"task_id": tasks[number % len(tasks)]} for number in runs])
    if await connection.fetchval("select count(*) from runs where id > $1 and dispatched_at is not null", before):
        raise SystemExit("a draining worker was assigned a run")
    for worker_id in workers:
        await system.client.resume_worker(worker_id)
    async with asyncio.timeout(WAIT_SECONDS):
        while await connection.fetchval("select count(*) from runs where id > $1 and completed_at is null", before):
            await asyncio.sleep(0.2)
    row = await connection.fetchrow(
        "select count(*) filter (where status = 'succeeded') as good, count(distinct worker_id) as workers,"
        " max(completed_at) - min(dispatched_at) as took from runs where id > $1",
        before,
    )
    if (row["good"], row["workers"]) != (RUNS, len(workers)):
        raise SystemExit(f"{row['good']} of {RUNS} runs succeeded, on {row['workers']} of {len(workers)} workers")
    return RUNS / float(row["took"].total_seconds())


async def measure(system: Processes) -> None:
    """Compare each with one kind of tasks and the same number of workers, or with one of what grows."""
    await _drained_per_s(system, Shape("warm", [Kind(None, "noop")], [[]]))
    one = await _drained_per_s(system, _one_kind(1))
    several = await _drained_per_s(system, _one_kind(WORKERS))
    report(f"scaling_{WORKERS}_workers_ratio", several / one, "of one worker")
    for shape in SHAPES:
        report(f"scaling_{shape.name}_ratio", await _drained_per_s(system, shape) / several, "of one kind of tasks")
    async with AsyncExitStack() as replicas:
        for _ in range(REPLICAS - 1):
            await replicas.enter_async_context(system.another_backend())
        alike = Shape("replicas", [Kind(None, "noop")], [[]] * WORKERS)
        report(f"scaling_{REPLICAS}_replicas_ratio", await _drained_per_s(system, alike) / several, "of one replica")
