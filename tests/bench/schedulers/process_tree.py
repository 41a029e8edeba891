"""Processes of a system with all that they start: their memory and their end."""

import contextlib
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

_END_SECONDS = 30


def tree(pids: Iterable[int]) -> list[psutil.Process]:
    """Return the processes with all below them."""
    found = []
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            found += [process, *process.children(recursive=True)]
    return found


def memory_mb(pids: Iterable[int]) -> float:
    """Return the proportional set size (PSS): memory that processes share counts once."""
    return sum(process.memory_full_info().pss for process in tree(pids)) / 2**20


@contextmanager
def started(
    command: Sequence[str | Path], *, environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process for the time of a block; nothing that it has started remains."""
    with log.open("ab") as output:
        process = subprocess.Popen(command, env=environment, cwd=log.parent, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    all_processes = tree([process.pid])
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_END_SECONDS)
    for left in all_processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            left.kill()
    process.wait(_END_SECONDS)
    psutil.wait_procs(all_processes, timeout=_END_SECONDS)
