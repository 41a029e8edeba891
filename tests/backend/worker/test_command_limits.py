"""The command line that sets limits, and which of them ended a command."""

import pytest

from backend.worker.command_limits import NO_LIMITS, Limits
from backend.worker.process_usage import Usage

MIB = 1024 * 1024


def test_a_command_without_limits_is_started_as_it_is() -> None:
    assert NO_LIMITS.wrap(["/bin/sh", "-c", "true"]) == ["/bin/sh", "-c", "true"]
    assert not NO_LIMITS


def test_the_command_and_its_arguments_are_not_read_by_the_shell_that_limits() -> None:
    line = Limits(open_files=64).wrap(["/bin/echo", "$HOME; x"])
    assert line[-2:] == ["/bin/echo", "$HOME; x"]
    assert line[2] == 'ulimit -n 64 && exec "$@"'


@pytest.mark.parametrize(
    ("limits", "usage", "named"),
    [
        (Limits(memory_mb=64), Usage(memory_bytes=65 * MIB), "max_memory_mb"),
        (Limits(memory_mb=64), Usage(memory_bytes=63 * MIB), None),
        (Limits(cpu_seconds=2), Usage(cpu_seconds=8), "max_cpu_seconds"),
        (Limits(cpu_seconds=2), Usage(cpu_seconds=3), None),
        (NO_LIMITS, Usage(cpu_seconds=1e9, memory_bytes=10**12), None),
    ],
)
def test_what_all_processes_took_together_is_held_against_the_limit(
    limits: Limits, usage: Usage, named: str | None
) -> None:
    said = limits.exceeded(usage)
    assert said is None if named is None else said is not None and named in said


@pytest.mark.parametrize(
    ("limits", "exit_code", "cpu", "peak", "words", "named"),
    [
        (Limits(cpu_seconds=2), 152, 0.1, 0, "", "max_cpu_seconds"),
        (Limits(cpu_seconds=2), 137, 1.99, 0, "", "max_cpu_seconds"),
        (Limits(memory_mb=64), 1, 0.1, 63 * MIB, "", "max_memory_mb"),
        (Limits(memory_mb=64), 1, 0.1, 0, "Traceback …\nMemoryError", "max_memory_mb"),
        (Limits(open_files=32), 1, 0.1, 0, "OSError: [Errno 24] Too many open files: 'x'", "max_open_files"),
        (Limits(memory_mb=64, open_files=32, cpu_seconds=9), 1, 0.1, 1 * MIB, "no such host", None),
        (NO_LIMITS, 1, 99.0, 10**12, "MemoryError: Too many open files", None),
    ],
)
def test_a_failure_names_the_limit_that_caused_it_and_no_other(
    limits: Limits, exit_code: int, cpu: float, peak: int, words: str, named: str | None
) -> None:
    said = limits.explain_failure(exit_code=exit_code, cpu_seconds=cpu, peak_memory_bytes=peak, error_output=words)
    assert said is None if named is None else said is not None and named in said
