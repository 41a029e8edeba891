"""The mark by which a process is recognised as an attempt's, also when it cleared its environment."""

import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

if sys.platform == "linux":
    import resource

MARK_VARIABLE = "TASKDECK_MARK"
_MARK_BITS = 60
_NO_LIMIT_FROM = 2**62
"""Microseconds. A limit of real-time CPU time from here on limits nothing, and leaves 60 bits for the mark."""
_LIMIT_NAME = "Max realtime timeout"


@dataclass(frozen=True, slots=True)
class ProcessMark:
    """A number that all processes of one attempt inherit, and no other process has.

    It is in two places: in the environment, which a command can clear, and on Linux in the soft limit of real-time CPU
    time (RLIMIT_RTTIME). Every descendant inherits that limit, any user can read it, and programs do not set it.
    The number of the run would not do: a worker of another backend on the same machine may run a run of that number.
    """

    value: int

    @classmethod
    def make(cls) -> Self:
        """Return a mark that no process has."""
        return cls(secrets.randbits(_MARK_BITS))

    @property
    def variables(self) -> dict[str, str]:
        """The mark as part of an environment."""
        return {MARK_VARIABLE: self._text}

    @contextmanager
    def inherited(self) -> Iterator[None]:
        """Have processes that are started within inherit the mark, by the limit of this process."""
        if sys.platform != "linux":
            yield
            return
        before = resource.getrlimit(resource.RLIMIT_RTTIME)
        if before[1] != resource.RLIM_INFINITY:
            # An administrator limits real-time CPU time: the limit has its own meaning here.
            yield
            return
        resource.setrlimit(resource.RLIMIT_RTTIME, (self._limit, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_RTTIME, before)

    def is_on(self, pid: int) -> bool:
        """Whether a process has the mark; False where it has ended or cannot be read."""
        return self._limit == _realtime_limit(pid) or self.is_in(_environment(pid))

    def is_in(self, environment: Mapping[str, str]) -> bool:
        """Whether an environment has the mark."""
        return environment.get(MARK_VARIABLE) == self._text

    @property
    def _text(self) -> str:
        return f"{self.value:015x}"

    @property
    def _limit(self) -> int:
        return _NO_LIMIT_FROM + self.value


def _realtime_limit(pid: int) -> int | None:
    try:
        lines = Path(f"/proc/{pid}/limits").read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    for line in lines:
        if line.startswith(_LIMIT_NAME):
            soft = line.removeprefix(_LIMIT_NAME).split()[0]
            return int(soft) if soft.isdigit() else None
    return None


def _environment(pid: int) -> Mapping[str, str]:
    try:
        return psutil.Process(pid).environ()
    except (psutil.Error, OSError):
        return {}
