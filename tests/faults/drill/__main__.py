"""`python -m tests.faults.drill`: break servers and processes under load, and check what must hold.

`--long` repeats it `--times` times, and adds faults that take minutes; words select drills by name.
"""

import argparse
import asyncio
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from tests.faults.drill import (
    broker_faults,
    clock,
    commands,
    database_faults,
    deploy,
    disk,
    embedded,
    kills,
    local_disk,
    network,
    overload,
    pauses,
    soak,
)
from tests.faults.drill.drill import Drill
from tests.faults.drill.report import table

SHORT_TIMES = 1
LONG_TIMES = 50

Fault = Callable[[Drill], Awaitable[None]]

SHORT: tuple[Fault, ...] = (
    kills.kill_workers,
    kills.kill_dispatchers,
    kills.kill_replicas,
    kills.kill_all,
    pauses.stop_dispatcher,
    pauses.stop_worker,
    broker_faults.broker_down,
    broker_faults.cut_connections,
    broker_faults.delete_queues,
    broker_faults.double_and_reorder,
    broker_faults.poison,
    database_faults.restart_database,
    database_faults.database_down,
    database_faults.end_connections,
    database_faults.statement_timeouts,
    database_faults.full_pool,
    database_faults.failover,
    network.cut_dispatcher_from_database,
    commands.misbehave,
    deploy.roll,
)
LONG_ONLY: tuple[Fault, ...] = (
    broker_faults.restart_broker,
    broker_faults.disk_alarm,
    network.cut_worker_from_broker,
    network.part_worker_from_broker,
    network.part_dispatcher_from_database,
    deploy.drain_in_time,
    deploy.new_version,
    disk.fill_spool,
    local_disk.fill_local,
    embedded.kill_embedded,
    embedded.leave_lock,
    embedded.refuse_directory,
    clock.lie,
    overload.overload,
)


def chosen(words: list[str], *, is_long: bool) -> list[Fault]:
    """Return the drills of both forms whose names contain one of the words; without words, those of the form."""
    every = [*SHORT, *LONG_ONLY]
    if words:
        return [one for one in every if any(word in one.__name__ for word in words)]
    return every if is_long else list(SHORT)


async def drill_all(folder: Path, *, faults: Sequence[Fault], lanes: int, is_long: bool, times: int) -> bool:
    """Run the drills in several lanes, each with its own servers; print the table, return whether all promises hold."""
    drills = [Drill(folder / f"lane-{number}", times=times, is_long=is_long) for number in range(1, lanes + 1)]
    began = time.monotonic()
    left = iter(faults)
    try:
        async with asyncio.TaskGroup() as group:
            for drill in drills:
                group.create_task(_run_lane(drill, left))
    finally:
        rows = [row for drill in drills for row in drill.rows]
        print(table(rows))
    print(f"{len(rows)} faults in {time.monotonic() - began:.0f} s")
    return all(row.holds for row in rows)


async def _run_lane(drill: Drill, left: Iterator[Fault]) -> None:
    """Run the remaining drills, one after the other."""
    drill.folder.mkdir()
    try:
        await drill.open()
        for fault in left:
            try:
                await fault(drill)
            except Exception as error:  # noqa: BLE001 - a drill that fails must not hide the results of the others
                await drill.give_up(getattr(fault, "__name__", str(fault)), error)
    finally:
        await drill.close()


def main() -> int:
    """Read the command line and drill."""
    parser = argparse.ArgumentParser(prog="tests.faults.drill", description=__doc__)
    parser.add_argument("words", nargs="*", help="parts of names of drills; none: all of them")
    parser.add_argument("--long", action="store_true", help="the long form")
    parser.add_argument("--times", type=int, help="how often what is quickly done is injected")
    parser.add_argument("--lanes", type=int, default=1, help="how many drills go on side by side")
    parser.add_argument("--soak", type=float, default=0, metavar="SECONDS", help="break nothing, and see what grows")
    parser.add_argument("--keep", action="store_true", help="keep the folder with the logs")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix="taskdeck-drill-"))
    folder.chmod(0o755)
    times = asked.times or (LONG_TIMES if asked.long else SHORT_TIMES)
    faults = [partial(soak.soak, seconds=asked.soak)] if asked.soak else chosen(asked.words, is_long=asked.long)
    holds = asyncio.run(drill_all(folder, faults=faults, lanes=asked.lanes, is_long=asked.long, times=times))
    if holds and not asked.keep:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        print(f"logs: {folder}", file=sys.stderr)
    return 0 if holds else 1


if __name__ == "__main__":
    raise SystemExit(main())
