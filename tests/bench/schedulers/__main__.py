"""`make bench-schedulers`: Taskdeck beside Airflow and Prefect, in one run, one system after the other.

Each system runs the same command, which writes down when it starts. Its figures are the milliseconds from a trigger by
the HTTP API to the command's first instruction, the commands a second with which a queue of runs is drained, and the
memory of its idle processes after the triggers, without PostgreSQL and RabbitMQ. Taskdeck and Airflow are on databases
of the same PostgreSQL; Prefect is on SQLite, its default. At most 32 runs execute at a time, with Prefect 8; other
settings are the defaults.

To measure some of them: `python -m tests.bench.schedulers [--airflow PYTHON] [--prefect PYTHON]`, with the Python of
the environment in which each is installed.
"""

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.report import percentile
from tests.bench.schedulers.airflow import airflow
from tests.bench.schedulers.prefect import prefect
from tests.bench.schedulers.process_tree import memory_mb
from tests.bench.schedulers.scheduler import RUN_SECONDS, Scheduler
from tests.bench.schedulers.starts import Starts, per_second
from tests.bench.schedulers.taskdeck import taskdeck
from tests.bench.servers import Servers, servers

OURS = "Taskdeck"
TRIGGERS = 12
SETTLE_SECONDS = 15
DRAIN_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Measured:
    """A system with its sizes."""

    name: str
    start: Callable[[Servers, Path, Starts], AbstractAsyncContextManager[Scheduler]]
    polls_every_seconds: float
    """Triggers come at random moments of this period, so that they do not follow the period of the system."""
    drained_runs: int
    """As many as take it some seconds."""


def _systems(airflow_python: Path | None, prefect_python: Path | None) -> list[Measured]:
    systems = [Measured(OURS, taskdeck, 1, 3_000)]
    if airflow_python is not None:
        systems.append(
            Measured("Airflow", lambda where, folder, starts: airflow(airflow_python, where, folder, starts), 1, 200)
        )
    if prefect_python is not None:
        systems.append(
            Measured("Prefect", lambda _where, folder, starts: prefect(prefect_python, folder, starts), 10, 32)
        )
    return systems


async def _latencies_ms(scheduler: Scheduler, starts: Starts, polls_every_seconds: float) -> list[float]:
    """Trigger one run after the other; the first one, before which nothing is loaded, does not count."""
    moments = random.Random(0)
    latencies = []
    for _ in range(TRIGGERS + 1):
        starts.clear()
        await asyncio.sleep(moments.uniform(0, polls_every_seconds))
        at = time.time_ns()
        await scheduler.trigger()
        started_at = (await starts.until(1, seconds=RUN_SECONDS))[0]
        latencies.append((started_at - at) / 1e6)
    return latencies[1:]


async def _figures(scheduler: Scheduler, system: Measured, starts: Starts) -> dict[str, float]:
    await asyncio.sleep(SETTLE_SECONDS)
    latencies = await _latencies_ms(scheduler, starts, system.polls_every_seconds)
    await asyncio.sleep(SETTLE_SECONDS)
    memory = memory_mb(scheduler.pids())
    starts.clear()
    await scheduler.drain(system.drained_runs)
    times = await starts.until(system.drained_runs, seconds=DRAIN_SECONDS)
    return {
        "trigger_latency_p50_ms": percentile(latencies, 0.5),
        "trigger_latency_max_ms": max(latencies),
        "drained_per_s": per_second(times),
        "idle_memory_pss_mb": memory,
    }


async def measure(systems: list[Measured]) -> None:
    """Measure each system, and print its figures with our ratio to them, as a JSON object a line."""
    ours: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="taskdeck-bench-") as name:
        folder = Path(name)
        async with servers(folder) as pair:
            for system in systems:
                starts = Starts(folder / f"{system.name}-starts")
                async with (
                    pair.place(system.name.lower()) as where,
                    system.start(where, folder / system.name, starts) as scheduler,
                ):
                    figures = await _figures(scheduler, system, starts)
                if system.name == OURS:
                    ours = figures
                for measure_name, value in figures.items():
                    line = {
                        "measure": measure_name,
                        "system": system.name,
                        "value": float(f"{value:.4g}"),
                        "ours_to_it": float(f"{ours[measure_name] / value:.3g}"),
                    }
                    print(json.dumps(line), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.schedulers")
    parser.add_argument("--airflow", type=Path, help="the Python in which Airflow is installed")
    parser.add_argument("--prefect", type=Path, help="the Python in which Prefect is installed")
    chosen = parser.parse_args()
    asyncio.run(
        measure(
            _systems(
                chosen.airflow.absolute() if chosen.airflow else None,
                chosen.prefect.absolute() if chosen.prefect else None,
            )
        )
    )


if __name__ == "__main__":
    main()
