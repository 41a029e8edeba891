"""`make bench`: prints each measure as a JSON object, with this machine's limit for comparison.

To run only some of them: `python -m tests.bench drain latency`. The package's docstring has all, with their sizes.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.bench import (
    api,
    application,
    apply,
    bulk,
    chain,
    console,
    drain,
    footprint,
    full_queue,
    heartbeats,
    held_snapshot,
    http_drain,
    large_database,
    latency,
    lists,
    log_stream,
    scaling,
    schedule_lag,
    schedules,
    starts,
    stream,
    views,
)
from tests.bench.processes import processes
from tests.bench.servers import ServerPair, servers

TOGETHER = {
    "footprint": footprint.measure,
    "latency": latency.measure,
    "bulk": bulk.measure,
    "drain": drain.measure,
    "schedules": schedules.measure,
}
"""In this order on one system."""
APART = {
    "api": api.measure,
    "http_drain": http_drain.measure,
    "apply": apply.measure,
    "chain": chain.measure,
    "schedule_lag": schedule_lag.measure,
    "full_queue": full_queue.measure,
    "heartbeats": heartbeats.measure,
    "log_stream": log_stream.measure,
    "stream": stream.measure,
    "scaling": scaling.measure,
}
"""Each on a new system: what one leaves behind would change the next."""
LARGE = {"starts": starts.measure, "lists": lists.measure, "views": views.measure}
"""On one system with a large database, which takes minutes to fill."""
NAMES = (*TOGETHER, *APART, "held_snapshot", *LARGE, "console")
ON_REQUEST = ("application",)
"""Measured if it is named: it must have been built."""


async def _together(pair: ServerPair, folder: Path, names: list[str]) -> None:
    async with pair.place("together") as where, processes(where, folder / "together") as system:
        for name, measure in TOGETHER.items():
            if name in names:
                await measure(system)


async def _apart(pair: ServerPair, folder: Path, names: list[str]) -> None:
    for name, measure in APART.items():
        if name in names:
            async with pair.place(name) as where, processes(where, folder / name) as system:
                await measure(system)


async def _large(pair: ServerPair, folder: Path, names: list[str]) -> None:
    async with pair.place("large") as where, processes(where, folder / "large") as system:
        async with system.stopped():
            await large_database.fill(where.database_url)
        for name, measure in LARGE.items():
            if name in names:
                await measure(system)


async def _run(names: list[str]) -> None:
    wanted = set(names)
    with tempfile.TemporaryDirectory(prefix="taskdeck-bench-") as name:
        folder = Path(name)
        if wanted & {*TOGETHER, *APART, "held_snapshot", *LARGE}:
            async with servers(folder) as pair:
                if wanted & set(TOGETHER):
                    await _together(pair, folder, names)
                await _apart(pair, folder, names)
                if "held_snapshot" in names:
                    await held_snapshot.measure(pair, folder)
                if wanted & set(LARGE):
                    await _large(pair, folder, names)
        if "console" in names:
            await console.measure(folder)
        if "application" in names:
            await application.measure(folder)


def main() -> None:
    names = sys.argv[1:] or list(NAMES)
    unknown = set(names) - {*NAMES, *ON_REQUEST}
    if unknown:
        raise SystemExit(
            f"Unknown measures: {', '.join(sorted(unknown))}. The measures are {', '.join((*NAMES, *ON_REQUEST))}."
        )
    asyncio.run(_run(names))


if __name__ == "__main__":
    main()
