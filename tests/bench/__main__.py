"""`make bench`: prints each measure as a JSON object, with this machine's limit for comparison.

To run only some of them: `python -m tests.bench drain latency`.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.bench import api, console, drain, footprint, latency, schedules
from tests.bench.servers import processes, servers

ON_SERVERS = {
    "footprint": footprint.measure,
    "latency": latency.measure,
    "api": api.measure,
    "drain": drain.measure,
    "schedules": schedules.measure,
}
NAMES = (*ON_SERVERS, "console")


async def _run(names: list[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="taskdeck-bench-") as name:
        folder = Path(name)
        if any(one in ON_SERVERS for one in names):
            async with servers(folder) as where, processes(where, folder) as system:
                for one, measure in ON_SERVERS.items():
                    if one in names:
                        await measure(system)
        if "console" in names:
            await console.measure(folder)


def main() -> None:
    names = sys.argv[1:] or list(NAMES)
    unknown = set(names) - set(NAMES)
    if unknown:
        raise SystemExit(f"Unknown measures: {', '.join(sorted(unknown))}. The measures are {', '.join(NAMES)}.")
    asyncio.run(_run(names))


if __name__ == "__main__":
    main()
