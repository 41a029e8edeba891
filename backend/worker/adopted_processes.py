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
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from backend.worker.process_mark import ProcessMark

_PR_SET_CHILD_SUBREAPER = 36
"""From linux/prctl.h."""
_REAP_PAUSE_SECONDS = 0.01
_REAP_PAUSE_EACH_SECONDS = 0.0001
"""To ask for one process takes 1 µs: also of thousands, it takes a hundredth of the time."""
_END_SECONDS = 5.0
"""How long new descendants are killed before those that are left count as survivors."""
_MOST_INLINE = 50
"""Children that are looked at on the event loop: about 5 ms. More are looked at in a thread."""
_REAP_SECONDS = 2.0
"""Processes that have not ended so long after SIGKILL cannot be ended: they are in the kernel, or another user's."""


@dataclass(frozen=True, slots=True)
class _Round:
    """Which processes were killed, and whether some had ended since the last round."""

    killed: frozenset[int]
    has_new_zombies: bool


class AdoptedProcesses:
    """The children of this process which it did not start."""

    _started: ClassVar[set[int]] = set()
    """The commands of all workers in this process: they share its children, and each ends only what nobody started."""

    def __init__(self) -> None:
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
        """Kill the adopted processes with a mark, and their descendants; return those that could not be ended.

        A killed process gives its children to this one, so each round finds the next generation.
        """
        survivors: set[int] = set()
        until = asyncio.get_running_loop().time() + _END_SECONDS
        while True:
            round_ = await self._kill_marked(mark, survivors)
            if not round_.killed and not round_.has_new_zombies:
                self._reap_marked(mark)
                return frozenset(survivors)
            survivors |= await _not_reaped(round_.killed)
            if asyncio.get_running_loop().time() > until:
                # They start processes faster than these can be found.
                return frozenset(survivors | (await self._kill_marked(mark, survivors)).killed)

    def _reap_marked(self, mark: ProcessMark) -> None:
        """Reap the dead with a mark: they count towards the limit of their user's processes until then."""
        for pid in [pid for pid in self._zombies if mark.is_on(pid)]:
            _reap(pid)
            self._zombies.discard(pid)

    async def _kill_marked(self, mark: ProcessMark, survivors: Set[int]) -> _Round:
        children = _children() - self._started
        if len(children) <= _MOST_INLINE:
            return self._kill_among(children, mark, survivors)
        return await asyncio.to_thread(self._kill_among, children, mark, survivors)

    def _kill_among(self, children: Set[int], mark: ProcessMark, survivors: Set[int]) -> _Round:
        """Kill the children with a mark, each as soon as it is recognised; reap what was dead the last time too.

        Nobody else does. A zombie that is new may have had children, which are ours now, but not yet among these.
        """
        zombies: set[int] = set()
        killed: set[int] = set()
        for pid in children:
            if _is_zombie(pid):
                zombies.add(pid)
            elif pid not in survivors and mark.is_on(pid):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
                killed.add(pid)
        for pid in zombies & self._zombies:
            _reap(pid)
        has_new_zombies = bool(zombies - self._zombies)
        self._zombies = zombies
        return _Round(frozenset(killed), has_new_zombies)


def _children() -> set[int]:
    """Return the pids of the children of this process's first thread; none where the system does not list them.

    Linux gives orphans to the first thread of a subreaper. Children that another thread started are not adopted.
    """
    own = os.getpid()
    try:
        descriptor = os.open(f"/proc/{own}/task/{own}/children", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return set()
    with open(descriptor, "rb", buffering=0) as listed:  # noqa: PTH123 - a descriptor has no path
        return {int(pid) for pid in listed.read().split()}


def _reap(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


async def _not_reaped(pids: Set[int]) -> Set[int]:
    """Reap killed processes as they end; return those that have not ended in time."""
    left = set(pids)
    clock = asyncio.get_running_loop().time
    until = clock() + _REAP_SECONDS
    while left := {pid for pid in left if not _is_reaped(pid)}:
        if clock() > until:
            break
        await asyncio.sleep(max(_REAP_PAUSE_SECONDS, len(left) * _REAP_PAUSE_EACH_SECONDS))
    return left


def _is_reaped(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] != 0
    except ChildProcessError:
        return True


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (OSError, IndexError):
        return False
