"""Processes of commands that could not be ended: named in the run, and watched until they have ended.

They are kept in a file beside the spool: a process that nobody could end outlives this one.
"""

import contextlib
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import structlog
from pydantic import TypeAdapter, ValidationError

from backend.broker.messages import AttemptRef, SurvivingProcess

FILE_NAME = "survivors.json"
_MOST = 100
"""Attempts that are watched; a machine with more needs somebody who looks at it."""
_MOST_PROCESSES = 100
"""Of one attempt: a report names them all, and to read the command of one takes 0.1 ms."""
_TOLD_SECONDS = 24 * 3600.0
"""How long each heartbeat says that the processes of an attempt have ended; after a day the backend forgets them."""
_MOST_COMMAND_CHARACTERS = 200

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Survivors:
    """The processes of one attempt, as pid and the kernel's start time, which tells a pid from a later one."""

    ref: AttemptRef
    processes: list[tuple[int, float]]


_FILE: TypeAdapter[list[_Survivors]] = TypeAdapter(list[_Survivors])


def surviving_processes(pids: Iterable[int]) -> list[SurvivingProcess]:
    """Return the first hundred processes with their commands, in the order of their pids."""
    return [SurvivingProcess(pid=pid, command=_command(pid)) for pid in sorted(pids)[:_MOST_PROCESSES]]


def _command(pid: int) -> str:
    try:
        process = psutil.Process(pid)
        words = " ".join(process.cmdline()) or process.name()
    except (psutil.Error, OSError):
        return ""
    return words if len(words) <= _MOST_COMMAND_CHARACTERS else f"{words[:_MOST_COMMAND_CHARACTERS]}…"


class Survivors:
    """The processes that one worker could not end."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._known = {one.ref: one for one in _read(self._path)}
        self._ended: dict[AttemptRef, float] = {}

    def add(self, ref: AttemptRef, processes: Sequence[SurvivingProcess]) -> None:
        """Watch the processes of an attempt."""
        started = ((one.pid, _start_time(one.pid)) for one in processes)
        self._known[ref] = _Survivors(ref, [(pid, at) for pid, at in started if at is not None])
        while len(self._known) > _MOST:
            self._forget(next(iter(self._known)))
        self._write()

    def ended(self) -> list[AttemptRef]:
        """Return the attempts whose processes have all ended, for a day after each."""
        now = time.monotonic()
        for ref, one in self._known.items():
            if ref not in self._ended and not any(_start_time(pid) == at for pid, at in one.processes):
                self._ended[ref] = now
        old = [ref for ref, at in self._ended.items() if now - at > _TOLD_SECONDS]
        if old:
            for ref in old:
                self._forget(ref)
            self._write()
        return list(self._ended)

    def _forget(self, ref: AttemptRef) -> None:
        del self._known[ref]
        self._ended.pop(ref, None)

    def _write(self) -> None:
        part = self._path.with_suffix(".part")
        try:
            part.write_bytes(_FILE.dump_json(list(self._known.values())))
            part.replace(self._path)
        except OSError as error:
            log.warning("processes that could not be ended are not recorded", path=str(self._path), cause=str(error))


def _start_time(pid: int) -> float | None:
    """Return when a process was started, None where it has ended, also where nobody has waited for it yet."""
    with contextlib.suppress(psutil.Error, OSError):
        process = psutil.Process(pid)
        if process.status() != psutil.STATUS_ZOMBIE:
            return process.create_time()
    return None


def _read(path: Path) -> list[_Survivors]:
    try:
        return _FILE.validate_json(path.read_bytes())
    except FileNotFoundError:
        return []
    except (OSError, ValidationError) as error:
        log.warning("a file of the worker cannot be read", path=os.fspath(path), cause=str(error))
        return []
