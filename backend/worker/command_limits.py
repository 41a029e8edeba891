"""Limits of one command: memory, CPU time, open files, processes, share of the CPU.

The shell sets them before the command begins. The kernel applies them to each process, so the usage of all processes of
a command together is sampled too. Where the worker has control groups (`backend/worker/control_groups.py`), the kernel
applies memory, processes and the share of the CPU to all of them together.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from backend.worker.process_usage import Usage

_SHELL = "/bin/sh"
_MEBIBYTE = 1024 * 1024
_CPU_GRACE_SECONDS = 5
"""CPU time between SIGXCPU, which a command may handle, and SIGKILL."""
_SIGXCPU_CODE = 128 + 24
_NEARLY = 0.9
"""From this share of a limit on, a failure is put down to it: the kernel refuses what would exceed it."""

_NO_MEMORY = ("memoryerror", "cannot allocate memory", "out of memory", "bad_alloc", "memory exhausted")
_NO_FILES = ("too many open files",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one command may use; None has no limit."""

    memory_mb: int | None = None
    cpu_seconds: int | None = None
    open_files: int | None = None
    processes: int | None = None
    """Of the command's user, all together; with a control group, of the command."""
    cpus: float | None = None
    """How many processors all processes may keep busy; control groups alone limit that."""

    def __bool__(self) -> bool:
        return self.needs_group or self.cpu_seconds is not None or self.open_files is not None

    @property
    def needs_group(self) -> bool:
        """Whether a control group limits something here."""
        return any(limit is not None for limit in (self.memory_mb, self.processes, self.cpus))

    def wrap(self, arguments: Sequence[str], *, is_held: bool = False) -> list[str]:
        """Return a command line that sets the limits and then becomes the command.

        One that is held waits for a line on its standard input first, and gives the command an empty one.
        """
        if not self and not is_held:
            return list(arguments)
        steps = ["read -r _"] if is_held else []
        if self.memory_mb is not None and sys.platform == "linux":
            # Private writable memory: reserved address space does not count.
            steps.append(f"ulimit -d {self.memory_mb * 1024}")
        if self.cpu_seconds is not None:
            steps += [f"ulimit -S -t {self.cpu_seconds}", f"ulimit -H -t {self.cpu_seconds + _CPU_GRACE_SECONDS}"]
        if self.open_files is not None:
            steps.append(f"ulimit -n {self.open_files}")
        if self.processes is not None:
            # dash and busybox call it -p, bash -u.
            steps.append(f"{{ ulimit -p {self.processes} 2>/dev/null || ulimit -u {self.processes}; }}")
        steps.append('exec "$@" </dev/null' if is_held else 'exec "$@"')
        return [_SHELL, "-c", " && ".join(steps), "taskdeck-limits", *arguments]

    def exceeded(self, usage: Usage) -> str | None:
        """Return which limit all processes of a command together exceed, as a sentence; None where none."""
        if self.memory_mb is not None and usage.memory_bytes > self.memory_mb * _MEBIBYTE:
            used = usage.memory_bytes / _MEBIBYTE
            return f"it used {used:.0f} MiB of memory, the limit is {self.memory_mb} (max_memory_mb)"
        if self.cpu_seconds is not None and usage.cpu_seconds > self.cpu_seconds + _CPU_GRACE_SECONDS:
            return f"it used {usage.cpu_seconds:.0f} s of CPU time, the limit is {self.cpu_seconds} (max_cpu_seconds)"
        return None

    def explain_failure(
        self,
        *,
        exit_code: int,
        cpu_seconds: float,
        peak_memory_bytes: int,
        error_output: str,
    ) -> str | None:
        """Return which limit made a command fail, as far as its end and its error output show."""
        words = error_output.lower()
        if self.cpu_seconds is not None and (exit_code == _SIGXCPU_CODE or cpu_seconds > self.cpu_seconds * _NEARLY):
            return f"it reached its limit of {self.cpu_seconds} s of CPU time (max_cpu_seconds)"
        if self.memory_mb is not None and (
            peak_memory_bytes > self.memory_mb * _MEBIBYTE * _NEARLY or any(word in words for word in _NO_MEMORY)
        ):
            return f"it reached its limit of {self.memory_mb} MiB of memory (max_memory_mb)"
        if self.open_files is not None and any(word in words for word in _NO_FILES):
            return f"it reached its limit of {self.open_files} open files (max_open_files)"
        return None


NO_LIMITS = Limits()
