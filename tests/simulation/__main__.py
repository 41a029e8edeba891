"""`make simulation`: play seeds, and the virtual year.

python -m tests.simulation --seeds 1-200       # what broke, and how many seeds a minute
python -m tests.simulation --seeds 17 --trace  # one seed again, event by event
python -m tests.simulation --seeds 17 --twice  # does the seed replay, event by event?
python -m tests.simulation --mutations         # does it notice a broken product?
"""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import zip_longest
from multiprocessing import get_context
from pathlib import Path

import asyncpg

from backend.database.embedded_postgres import EmbeddedPostgres
from tests.simulation import database, year
from tests.simulation.lane import Lane, Played, open_lane, play
from tests.simulation.mutations import MUTATIONS

_FAST = ("fsync = off", "full_page_writes = off", "autovacuum = off", "synchronous_commit = off")
"""The database of a simulation is thrown away."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seeds", default="1-50", help="such as 1-200, or 3,17")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--trace", action="store_true", help="print every event of the seeds")
    parser.add_argument("--twice", action="store_true", help="play each seed twice, and compare every event")
    parser.add_argument(
        "--mutations", nargs="*", choices=MUTATIONS, help="break the product, and find the seed that notices"
    )
    parser.add_argument("--year", action="store_true", help="play the virtual year too")
    options = parser.parse_args()
    _fix_hashes()
    signal.signal(signal.SIGTERM, _end)
    with _server() as url:
        if options.mutations is not None:
            failed = _try_mutations(url, options.mutations or list(MUTATIONS), _seeds(options.seeds), options.processes)
        elif options.twice:
            failed = _play_twice(url, _seeds(options.seeds))
        elif options.trace:
            failed = _trace(url, _seeds(options.seeds))
        else:
            failed = _play(url, _seeds(options.seeds), options.processes)
    if options.year:
        year.main()
    return failed


def _fix_hashes() -> None:
    """Start again with fixed hashes of strings, because the order of sets follows from them."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        environment = os.environ | {"PYTHONHASHSEED": "0", "PGSSLMODE": "disable"}
        os.execve(sys.executable, [sys.executable, "-m", "tests.simulation", *sys.argv[1:]], environment)


def _end(number: int, _frame: object) -> None:
    """End as after Ctrl-C, so that no server and no database is left."""
    sys.exit(128 + number)


def _ignore_signals() -> None:
    """Let nothing interrupt the end of the server."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _seeds(text: str) -> list[int]:
    seeds: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        seeds += range(int(first), int(last or first) + 1)
    return seeds


@contextmanager
def _server() -> Iterator[str]:
    """Yield the URL of a server: TASKDECK_TEST_DATABASE_URL, or an embedded one in memory."""
    named = os.environ.get("TASKDECK_TEST_DATABASE_URL")
    if named:
        yield named
        return
    with tempfile.TemporaryDirectory(
        prefix="taskdeck-simulation-", dir=database.spool_root(), ignore_cleanup_errors=True
    ) as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = EmbeddedPostgres(folder / "postgres")
        try:
            asyncio.run(server.start())
            asyncio.run(_make_fast(server.url))
            yield server.url
        finally:
            _ignore_signals()
            if server.url:
                asyncio.run(server.stop())


async def _make_fast(url: str) -> None:
    connection = await asyncpg.connect(url)
    for setting in _FAST:
        await connection.execute(f"alter system set {setting}")
    await connection.execute("select pg_reload_conf()")
    await connection.close()


@contextmanager
def _databases(server_url: str, count: int) -> Iterator[list[str]]:
    names = [f"{database.NAME}_{os.getpid()}_{number}" for number in range(count)]
    try:
        yield [asyncio.run(database.create(server_url, name)) for name in names]
    finally:
        for name in names:
            database.drop(server_url, name)


def _play(server_url: str, seeds: list[int], processes: int) -> int:
    began = time.perf_counter()
    failed = runs = 0
    for played in _each(server_url, seeds, processes, mutation=None):
        runs += played.runs
        failed += bool(played.broken)
        _report(played)
    seconds = time.perf_counter() - began
    print(
        f"{len(seeds)} seeds, {runs} runs, {failed} seeds failed: {seconds:.0f} s, "
        f"{len(seeds) / seconds * 60:.0f} seeds a minute"
    )
    return bool(failed)


def _report(played: Played) -> None:
    print(
        f"seed {played.seed}: {played.runs} runs, {played.executions} executions, {played.virtual_seconds:.0f} virtual "
        f"seconds in {played.seconds:.1f} s, trace {played.digest:08x}",
        flush=True,
    )
    for words in played.broken:
        print(f"    BROKEN {words}", flush=True)
    if played.broken:
        print(f"    replay it: python -m tests.simulation --seeds {played.seed} --trace", flush=True)


def _each(server_url: str, seeds: list[int], processes: int, *, mutation: str | None) -> Iterator[Played]:
    """Yield the result of each seed, in order."""
    context = get_context("fork")  # the product is imported already, and no thread runs
    with _databases(server_url, processes) as urls:
        free = context.SimpleQueue()
        for url in urls:
            free.put(url)
        take: Callable[[], str] = free.get
        with ProcessPoolExecutor(
            processes, mp_context=context, initializer=open_lane, initargs=(take, mutation)
        ) as pool:
            try:
                yield from pool.map(play, seeds)
            finally:
                pool.shutdown(cancel_futures=True)


def _trace(server_url: str, seeds: list[int]) -> int:
    failed = 0
    with _databases(server_url, 1) as (url,):
        lane = Lane(url)
        for seed in seeds:
            played = lane.play(seed, keeps_trace=True)
            print(*played.trace, sep="\n")
            _report(played)
            failed += bool(played.broken)
        lane.close()
    return bool(failed)


def _play_twice(server_url: str, seeds: list[int]) -> int:
    """Play each seed twice and report the first event that differs."""
    failed = 0
    with _databases(server_url, 1) as (url,):
        lane = Lane(url)
        for seed in seeds:
            first, second = lane.play(seed, keeps_trace=True), lane.play(seed, keeps_trace=True)
            _report(first)
            differing = [pair for pair in zip_longest(first.trace, second.trace) if pair[0] != pair[1]]
            if differing:
                print("    DIFFERS " + " | ".join(map(str, differing[0])), flush=True)
            else:
                print(f"    replays: {len(first.trace)} events", flush=True)
            failed += bool(first.broken or differing)
        lane.close()
    return bool(failed)


def _try_mutations(server_url: str, names: list[str], seeds: list[int], processes: int) -> int:
    missed = 0
    for name in names:
        breaks = MUTATIONS[name].breaks
        for played in _each(server_url, seeds, processes, mutation=name):
            if played.broken:
                first = played.broken[0].split("\n", 1)[0][:160]
                print(f"{name} ({breaks}): noticed by seed {played.seed}: {first}", flush=True)
                break
        else:
            missed += 1
            print(f"{name} ({breaks}): NOT noticed by {len(seeds)} seeds", flush=True)
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
