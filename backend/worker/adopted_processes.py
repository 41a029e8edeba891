"""Descendants of commands that outlived their parent.

On Linux the worker is a subreaper: a process whose parent has ended becomes its child, also where it made a session of
its own. Elsewhere nothing is adopted, and only the command's process group is ended.
"""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from pathlib import Path

import psutil

from backend.worker.process_mark import ProcessMark

_PR_SET_CHILD_SUBREAPER = 36
"""From linux/prctl.h."""
_REAP_PAUSE_SECONDS = 0.01
_REAP_SECONDS = 2.0
"""A process that has not ended so long after SIGKILL cannot be ended: it is in the kernel, or another user's."""


class AdoptedProcesses:
    """The children of this process which it did not start."""

    def __init__(self) -> None:
        self._started: set[int] = set()
        self._zombies: set[int] = set()

    def adopt_orphans(self) -> None:
        """Make this process the parent of its descendants whose parent ends."""
        if sys.platform == "linux":
            ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def exclude(self, pid: int) -> None:
        """Leave out a command, which its own code waits for."""
        self._started.add(pid)

    def include(self, pid: int) -> None:
        """End `exclude`: the command has been waited for."""
        self._started.discard(pid)

    async def end(self, mark: ProcessMark) -> frozenset[int]:
        """Kill the adopted processes with a mark, and their descendants; return those that could not be ended."""
        survivors: set[int] = set()
        while found := [pid for pid in self._pids() if pid not in survivors and mark.is_on(pid)]:
            for pid in found:
                _kill_tree(pid)
            for pid in found:
                if not await _is_reaped(pid):
                    survivors.add(pid)
        # The dead count towards the limit of their user's processes until they are reaped.
        for pid in [pid for pid in self._zombies if mark.is_on(pid)]:
            _reap(pid)
            self._zombies.discard(pid)
        return frozenset(survivors)

    def _pids(self) -> list[int]:
        """Return the pids, without the dead; reap those that were dead the last time too: nobody else does."""
        children: set[int] = set()
        for task in Path("/proc/self/task").glob("*/children"):
            with contextlib.suppress(OSError):
                children.update(int(pid) for pid in task.read_text().split())
        children -= self._started
        zombies = {pid for pid in children if _is_zombie(pid)}
        for pid in zombies & self._zombies:
            _reap(pid)
        self._zombies = zombies
        return sorted(children - zombies)


def _kill_tree(pid: int) -> None:
    with contextlib.suppress(psutil.Error):
        for process in psutil.Process(pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                process.kill()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def _reap(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


async def _is_reaped(pid: int) -> bool:
    try:
        async with asyncio.timeout(_REAP_SECONDS):
            while os.waitpid(pid, os.WNOHANG)[0] == 0:  # noqa: ASYNC222 - does not block
                await asyncio.sleep(_REAP_PAUSE_SECONDS)
    except ChildProcessError:
        return True
    except TimeoutError:
        return False
    return True


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (OSError, IndexError):
        return False
