"""Processes that a command left behind outside its group, and how they are found.

On Linux the worker is a subreaper: a grandchild whose parent has ended becomes the worker's child, also
where it made a session of its own. Such a child is a run's if its environment bears the run's mark.
"""

import contextlib
import ctypes
import os
import signal
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

KNOWN_CHILDREN: set[int] = set()
"""The pids of commands that run: the process has one set of children, and so one of these."""

MARK_VARIABLE = "TASKDECK_MARK"

_PR_SET_CHILD_SUBREAPER = 36
_suspects: set[int] = set()


@dataclass(frozen=True, slots=True)
class Mark:
    """What the environment of an attempt's processes says, and of no other's.

    A run's number would not do: another backend's worker on the same machine has a run of that number too.
    """

    value: str

    @classmethod
    def make(cls) -> Self:
        """Make one that nothing bears yet."""
        return cls(uuid.uuid4().hex)

    @property
    def variables(self) -> dict[str, str]:
        """The mark as a part of an environment."""
        return {MARK_VARIABLE: self.value}

    def is_in(self, environment: Mapping[str, str]) -> bool:
        """Whether an environment bears the mark."""
        return environment.get(MARK_VARIABLE) == self.value


def become_subreaper() -> None:
    """Adopt the orphans of this process's descendants; does nothing where the system cannot."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_orphans(mark: Mark) -> None:
    """Kill every adopted process of an attempt, and theirs; reap what has ended."""
    while found := [pid for pid in _unknown_children() if _is_marked(pid, mark)]:
        for pid in found:
            with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
                for process in psutil.Process(pid).children(recursive=True):
                    process.kill()
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def end_holders(pipes: frozenset[int]) -> None:
    """Kill every adopted process that holds one of these pipes (inodes), and its descendants.

    So a process is found that cleared its environment, and with it the mark.
    """
    for pid in _unknown_children():
        with contextlib.suppress(psutil.Error, OSError):
            family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
            if any(_holds(process.pid, pipes) for process in family):
                for process in family:
                    process.kill()


def _holds(pid: int, pipes: frozenset[int]) -> bool:
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            if descriptor.stat().st_ino in pipes:
                return True
    return False


def _unknown_children() -> list[int]:
    """Return adopted children that may be a command's; reaps those that were dead at the last look too."""
    global _suspects
    children: set[int] = set()
    for task in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):
            children.update(int(pid) for pid in task.read_text().split())
    children -= KNOWN_CHILDREN
    dead = {pid for pid in children if _is_zombie(pid)}
    for pid in dead & _suspects:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
    _suspects = dead
    return sorted(children - dead)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (OSError, IndexError):
        return False


def _is_marked(pid: int, mark: Mark) -> bool:
    try:
        return mark.is_in(psutil.Process(pid).environ())
    except (psutil.Error, OSError):
        return False
