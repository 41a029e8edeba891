"""Tasks as a timer and a service of systemd each, and what of a task they do not express."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shared.enums import CalendarPolicy, MisfirePolicy, OverlapPolicy, RunDistribution, TaskStatus
from shared.models.task import Task, TaskFields
from shared.systemd.calendar_reading import CalendarError
from shared.systemd.calendar_writing import timer_settings
from shared.systemd.unit_file import UnitError, quoted

_NOT_IN_A_UNIT = re.compile(r"[^A-Za-z0-9:_.-]+")
_LONGEST_NAME = 200
_REFERENCE = "${secret:"
_INTERPRETER = re.compile(r"#!\s*(?:/usr/bin/env\s+)?(?P<path>\S+)(?P<options>[^\n]*)\n")
_BY_OPTION = {"-c": ("sh", "bash", "dash", "ksh", "zsh", "python", "python3"), "-e": ("perl", "ruby", "node")}
_LOST = (
    "calendar",
    "blackouts",
    "starts_at",
    "ends_at",
    "depends_on",
    "concurrency_group",
    "max_concurrency",
    "worker_labels",
    "retry_count",
    "pause_after_failures",
    "late_after_seconds",
    "expected_duration_seconds",
    "queue_timeout_seconds",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedTimer:
    """The two units of a task by their names. `problem` says why it has none, `notes` what they do not express."""

    task: str
    files: dict[str, str]
    problem: str | None = None
    notes: tuple[str, ...] = ()


def export_timers(tasks: Sequence[Task]) -> list[ExportedTimer]:
    """Return the units of each task; two names that are the same as names of units get numbers."""
    taken: set[str] = set()
    found = []
    for task in tasks:
        name = base = _NOT_IN_A_UNIT.sub("-", task.name).strip("-.")[:_LONGEST_NAME] or f"task-{task.id}"
        number = 1
        while name in taken:
            number += 1
            name = f"{base}-{number}"
        taken.add(name)
        found.append(_exported(task, name))
    return found


def _exported(task: Task, name: str) -> ExportedTimer:
    if task.executor != "shell":
        return ExportedTimer(task=task.name, files={}, problem=f"the executor {task.executor} has no equivalent")
    if task.schedule is None:
        return ExportedTimer(task=task.name, files={}, problem="it has no schedule")
    if any(_REFERENCE in text for text in (task.command, *task.arguments)):
        return ExportedTimer(task=task.name, files={}, problem="its command refers to a secret")
    try:
        times = timer_settings(task.schedule, timezone=task.timezone, hash_key=task.name)
        command = _command(task)
    except (CalendarError, UnitError) as error:
        return ExportedTimer(task=task.name, files={}, problem=str(error))
    notes = _notes(task)
    service: list[tuple[str, str]] = [("Type", "oneshot"), ("ExecStart", command)]
    service += [
        ("Environment", quoted(f"{key}={value}")) for key, value in task.environment.items() if _REFERENCE not in value
    ]
    if task.working_directory:
        service.append(("WorkingDirectory", task.working_directory.replace("%", "%%")))
    if task.run_as:
        service.append(("User", task.run_as))
    service.append(("TimeoutStartSec", str(task.timeout_seconds)))
    service += [
        (key, str(value))
        for key, value in (("LimitNOFILE", task.max_open_files), ("LimitCPU", task.max_cpu_seconds))
        if value is not None
    ]
    if task.max_memory_mb is not None:
        service.append(("MemoryMax", f"{task.max_memory_mb}M"))
    timer = list(times)
    if task.jitter_seconds:
        timer.append(("RandomizedDelaySec", str(task.jitter_seconds)))
    timer.append(("Persistent", "false" if task.misfire_policy is MisfirePolicy.SKIP else "true"))
    about = (task.description or task.name).replace("\n", " ").replace("%", "%%").strip()
    files = {
        f"{name}.timer": _unit(about, ("Timer", timer), ("Install", [("WantedBy", "timers.target")])),
        f"{name}.service": _unit(about, ("Service", service)),
    }
    return ExportedTimer(task=task.name, files=files, notes=tuple(notes))


def _unit(description: str, *sections: tuple[str, Sequence[tuple[str, str]]]) -> str:
    lines = ["[Unit]", f"Description={description}"]
    for section, settings in sections:
        lines += ["", f"[{section}]", *(f"{key}={value}" for key, value in settings)]
    return "\n".join(lines) + "\n"


def _command(task: Task) -> str:
    words = ["/bin/sh", "-c", task.command]
    if found := _INTERPRETER.match(task.command):
        program = found["path"].rpartition("/")[2]
        option = next((option for option, names in _BY_OPTION.items() if program in names), None)
        if option is None:
            raise UnitError(f"a script of {program} must be in a file of its own")
        path = found["path"] if found["path"].startswith("/") else f"/usr/bin/env {found['path']}"
        words = [*path.split(), *found["options"].split(), option, task.command[found.end() :]]
    if task.arguments:
        words += ["sh", *task.arguments] if words[-2] == "-c" and "python" not in words[-3] else task.arguments
    return " ".join(quoted(word, is_command=True) for word in words)


def _notes(task: Task) -> list[str]:
    notes = []
    defaults = {name: TaskFields.model_fields[name].get_default(call_default_factory=True) for name in _LOST}
    lost = [name for name in _LOST if getattr(task, name) != defaults[name]]
    if lost:
        notes.append(f"{', '.join(lost)} cannot be expressed")
    if any(_REFERENCE in value for value in task.environment.values()):
        notes.append("variables that are secrets are left out")
    if task.status is TaskStatus.PAUSED:
        notes.append("the task is paused: do not enable the timer")
    if task.misfire_policy is MisfirePolicy.FIRE_ALL:
        notes.append("of missed occurrences, systemd makes up for one")
    if task.overlap_policy is not OverlapPolicy.SKIP:
        notes.append("systemd skips an occurrence while the last run has not ended")
    if task.distribution is not RunDistribution.SINGLE:
        notes.append(f"it runs once, not {task.distribution}")
    if task.calendar is not None and task.calendar_policy is not CalendarPolicy.SKIP:
        notes.append(f"calendar_policy {task.calendar_policy} cannot be expressed")
    return notes
