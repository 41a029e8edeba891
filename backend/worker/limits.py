"""What one command may take: memory, CPU time, open files; set by the shell before the command begins.

The system's limits hold for each process. What all processes of a command take together is looked at once a
second beside them.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from backend.worker.process_usage import Usage

_SHELL = "/bin/sh"
_MEBIBYTE = 1024 * 1024
_LAST_WORDS_SECONDS = 5
"""From SIGXCPU, which a command may answer, to SIGKILL."""
_SIGXCPU_CODE = 128 + 24
_NEARLY = 0.9

_NO_MEMORY = ("memoryerror", "cannot allocate memory", "out of memory", "bad_alloc", "memory exhausted")
_NO_FILES = ("too many open files",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Each is None where nothing is limited."""

    memory_mb: int | None = None
    cpu_seconds: int | None = None
    open_files: int | None = None

    def __bool__(self) -> bool:
        return self.memory_mb is not None or self.cpu_seconds is not None or self.open_files is not None

    def around(self, arguments: Sequence[str]) -> list[str]:
        """Return the command line that sets the limits and becomes the command."""
        if not self:
            return list(arguments)
        steps = []
        if self.memory_mb is not None and sys.platform == "linux":
            # What a process writes to and shares with nobody: a reservation alone costs nothing.
            steps.append(f"ulimit -d {self.memory_mb * 1024}")
        if self.cpu_seconds is not None:
            steps += [f"ulimit -S -t {self.cpu_seconds}", f"ulimit -H -t {self.cpu_seconds + _LAST_WORDS_SECONDS}"]
        if self.open_files is not None:
            steps.append(f"ulimit -n {self.open_files}")
        return [_SHELL, "-c", " && ".join([*steps, 'exec "$@"']), "taskdeck-limits", *arguments]

    def exceeded(self, usage: Usage) -> str | None:
        """Return which limit all processes of a command have passed together."""
        if self.memory_mb is not None and usage.memory_bytes > self.memory_mb * _MEBIBYTE:
            took = usage.memory_bytes / _MEBIBYTE
            return f"it took {took:.0f} MiB of memory and may take {self.memory_mb} (max_memory_mb)"
        if self.cpu_seconds is not None and usage.cpu_seconds > self.cpu_seconds + _LAST_WORDS_SECONDS:
            return f"it took {usage.cpu_seconds:.0f} s of CPU time and may take {self.cpu_seconds} (max_cpu_seconds)"
        return None

    def behind(
        self,
        *,
        exit_code: int,
        cpu_seconds: float,
        peak_memory_bytes: int,
        last_words: str,
    ) -> str | None:
        """Return which limit made a command fail, as far as its end and its last words tell."""
        words = last_words.lower()
        if self.cpu_seconds is not None and (exit_code == _SIGXCPU_CODE or cpu_seconds > self.cpu_seconds * _NEARLY):
            return f"it used up its {self.cpu_seconds} s of CPU time (max_cpu_seconds)"
        if self.memory_mb is not None and (
            peak_memory_bytes > self.memory_mb * _MEBIBYTE * _NEARLY or any(word in words for word in _NO_MEMORY)
        ):
            return f"it came to its limit of {self.memory_mb} MiB of memory (max_memory_mb)"
        if self.open_files is not None and any(word in words for word in _NO_FILES):
            return f"it came to its limit of {self.open_files} open files (max_open_files)"
        return None


NO_LIMITS = Limits()
