"""What the rules of a worker's owner mean for one assignment: whether it may run, and with which limits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import PurePath

from backend.broker.messages import Assignment
from backend.worker.command_patterns import is_permitted
from backend.worker.folder_patterns import is_covered
from backend.worker.owner_rules import AllowRules, LimitRules, OwnerRules

NO_LIMITS = LimitRules()
"""Where these are given, and not only equal ones, nothing is compared for each attempt."""
_WITHOUT_COMMAND_LINE = frozenset({"http", "noop"})
"""Executors whose commands are no command lines: the section [http] limits requests."""


@dataclass(frozen=True, slots=True)
class Limited:
    """An assignment within the limits of its worker, and what was lowered, for the log of the run."""

    assignment: Assignment
    notes: Sequence[str]


def refusal(rules: OwnerRules, assignment: Assignment, *, real_directory: str | None, own_user: str = "") -> str | None:
    """Return which rule forbids an assignment, or None.

    `real_directory` is the task's working directory without links; None where it names none. `own_user` is the
    worker's own.
    """
    allow = rules.allow
    checks = (
        _not_named("executor", assignment.executor, "executors", allow.executors),
        _wrong_folder(allow, assignment.folder),
        _wrong_label(allow, assignment),
        _wrong_command(allow, assignment),
        _wrong_variable(allow, assignment),
        _wrong_directory(allow, real_directory),
        _wrong_user(rules, assignment, own_user),
    )
    return next((reason for reason in checks if reason is not None), None)


def within_limits(limits: LimitRules, assignment: Assignment) -> Limited:
    """Return the assignment with the limits of the worker where the task has none, or higher ones."""
    if limits is NO_LIMITS:
        return Limited(assignment, ())
    notes: list[str] = []
    timeout = assignment.timeout_seconds
    if limits.timeout_seconds is not None and limits.timeout_seconds < timeout:
        timeout = limits.timeout_seconds
        notes.append(f"this worker limits the run time to {timeout:g} s")
    memory = _lower(assignment.max_memory_mb, limits.memory_mb, "memory to {} MiB", notes)
    cpu = _lower(assignment.max_cpu_seconds, limits.cpu_seconds, "CPU time to {} s", notes)
    files = _lower(assignment.max_open_files, limits.open_files, "open files to {}", notes)
    return Limited(
        replace(assignment, timeout_seconds=timeout, max_memory_mb=memory, max_cpu_seconds=cpu, max_open_files=files),
        notes,
    )


def _lower(wanted: int | None, most: int | None, words: str, notes: list[str]) -> int | None:
    if most is None or (wanted is not None and wanted <= most):
        return wanted
    if wanted is not None:
        notes.append(f"this worker limits {words.format(most)}")
    return most


def _not_named(what: str, name: str, rule: str, permitted: Sequence[str] | None) -> str | None:
    if permitted is None or name in permitted:
        return None
    return f"the {what} {name} is not in [allow] {rule} ({', '.join(permitted)})"


def _wrong_folder(allow: AllowRules, folder: str) -> str | None:
    if allow.folders is None or is_covered(folder, allow.folders):
        return None
    return f"the task's folder {folder or '(none)'} is not in [allow] folders ({', '.join(allow.folders)})"


def _wrong_label(allow: AllowRules, assignment: Assignment) -> str | None:
    for name, values in allow.labels.items():
        if assignment.labels.get(name) not in values:
            return f"the task needs the label {name} with one of the values in [allow] labels ({', '.join(values)})"
    return None


def _wrong_command(allow: AllowRules, assignment: Assignment) -> str | None:
    if allow.commands is None or assignment.executor in _WITHOUT_COMMAND_LINE:
        return None
    if is_permitted(assignment.command, allow.commands):
        return None
    return f"the command matches no pattern in [allow] commands ({', '.join(allow.commands)})"


def _wrong_variable(allow: AllowRules, assignment: Assignment) -> str | None:
    """Without a list, a worker that permits some commands permits no variable: PATH or LD_PRELOAD change a command."""
    permitted = allow.environment
    if permitted is None:
        if allow.commands is None or assignment.executor in _WITHOUT_COMMAND_LINE:
            return None
        permitted = ()
    for name in sorted(assignment.environment):
        if not any(fnmatchcase(name, pattern) for pattern in permitted):
            return f"the variable {name} is not in [allow] environment ({', '.join(permitted) or 'none'})"
    return None


def _wrong_directory(allow: AllowRules, real_directory: str | None) -> str | None:
    if allow.working_directories is None or real_directory is None:
        return None
    if any(PurePath(real_directory).is_relative_to(folder) for folder in allow.working_directories):
        return None
    permitted = ", ".join(allow.working_directories)
    return f"the working directory {real_directory} is not in [allow] working_directories ({permitted})"


def _wrong_user(rules: OwnerRules, assignment: Assignment, own_user: str) -> str | None:
    """Without a list tasks name no user: otherwise every operator would be any user of a worker that runs as root."""
    wanted = assignment.run_as
    if wanted is None or wanted in rules.allow.users or wanted == (rules.commands.run_as or own_user):
        return None
    return f"the user {wanted} is not in [allow] run_as ({', '.join(rules.allow.users) or 'none'})"
