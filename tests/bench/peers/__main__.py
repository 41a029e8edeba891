"""`make bench-peers`: Taskdeck beside other queues, in one run on the same servers, as medians of five rounds.

Each round measures every system once, so that a change of the machine's speed meets all of them. To run fewer rounds or
other peers: `python -m tests.bench.peers PYTHON [--rounds 1] [--peers pgqueuer]`, with the Python of their environment.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
from collections import defaultdict
from pathlib import Path

from tests.bench.drain import NOOP_RUNS, SHELL_RUNS, drain, xargs_limit
from tests.bench.peers.peer import PEERS, Peer, PeerRuns
from tests.bench.processes import Processes, processes
from tests.bench.servers import servers

OURS = "Taskdeck"
XARGS = "xargs -P2"
NOOP, SHELL, ENQUEUED = "noop_drain_per_s", "shell_drain_per_s", "enqueued_per_s"

Results = dict[str, dict[str, list[float]]]


async def _peer_round(runs: PeerRuns, peer: Peer, results: Results) -> None:
    for measure, kind, jobs in ((NOOP, "noop", peer.noop_jobs), (SHELL, "shell", peer.shell_jobs)):
        enqueued = await runs.enqueued_per_s(peer, kind, jobs)
        if kind == "noop":
            results[ENQUEUED][peer.name].append(enqueued)
        results[measure][peer.name].append(await runs.ended_per_s(peer, jobs))


async def _our_round(system: Processes, results: Results, number: int) -> None:
    drained, _ = await drain(system, executor="noop", command="", runs=NOOP_RUNS, name=f"noop-{number}")
    results[NOOP][OURS].append(drained)
    drained, _ = await drain(system, executor="shell", command="true", runs=SHELL_RUNS, name=f"shell-{number}")
    results[SHELL][OURS].append(drained)
    results[SHELL][XARGS].append(await asyncio.to_thread(xargs_limit))


async def measure(python: Path, peers: list[Peer], rounds: int) -> Results:
    """Return each measure of each system, by round."""
    results: Results = defaultdict(lambda: defaultdict(list))
    with tempfile.TemporaryDirectory(prefix="taskdeck-bench-") as name:
        folder = Path(name)
        async with (
            servers(folder) as pair,
            pair.place("peers") as where,
            processes(where, folder / "peers") as system,
        ):
            runs = PeerRuns(python, folder, database_url=where.database_url, broker_url=where.broker_url)
            for peer in peers:
                await runs.prepare(peer)
            for number in range(rounds):
                await _our_round(system, results, number)
                for peer in peers:
                    await _peer_round(runs, peer, results)
    return results


def show(results: Results) -> None:
    """Print the median of each measure with our ratio to it, as a JSON object a line."""
    for measure_name, by_system in results.items():
        ours = statistics.median(by_system[OURS]) if by_system.get(OURS) else None
        for system, values in by_system.items():
            median = statistics.median(values)
            line = {
                "measure": measure_name,
                "system": system,
                "median": round(median, 1),
                "ours_to_it": None if ours is None else round(ours / median, 3),
                "rounds": [round(value, 1) for value in values],
            }
            print(json.dumps(line), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peers")
    parser.add_argument("python", type=Path, help="the Python in which the peers are installed")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", nargs="*", default=[peer.name for peer in PEERS])
    chosen = parser.parse_args()
    show(
        asyncio.run(
            measure(chosen.python.absolute(), [one for one in PEERS if one.name in chosen.peers], chosen.rounds)
        )
    )


if __name__ == "__main__":
    main()
