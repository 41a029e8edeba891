"""The tasks that timers of systemd become, and why a timer becomes none."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from shared.schedule.durations import format_duration
from shared.systemd.calendar_reading import CalendarError, read_calendar
from shared.systemd.command_line import shell_command
from shared.systemd.time_spans import TimeSpanError, read_time_span
from shared.systemd.unit_file import Unit, UnitError, expand_specifiers, split_words

LONGEST_TIMEOUT_SECONDS = 604_800
_MOST_JITTER_SECONDS = 86_400
_INTERVAL, _DELAY = "OnUnitActiveSec", "OnUnitInactiveSec"
_STARTS = ("OnActiveSec", "OnBootSec", "OnStartupSec")
_KNOWN = {
    "Timer": {"OnCalendar", _INTERVAL, _DELAY, "RandomizedDelaySec", "Persistent", "Unit", *_STARTS},
    "Service": {
        "Type", "ExecStart", "ExecStartPre", "ExecStartPost", "User", "WorkingDirectory", "Environment",
        "TimeoutStartSec", "TimeoutSec", "RuntimeMaxSec", "LimitNOFILE", "LimitCPU",
    },
}  # fmt: skip
_MEANS_NOTHING_HERE = {
    "Timer": {"AccuracySec", "RemainAfterElapse", "FixedRandomDelay"},
    "Service": {"StandardOutput", "StandardError", "SyslogIdentifier", "KillMode", "RemainAfterExit"},
}
"""Settings whose absence changes nothing of when the command runs and what it does."""
_PLAIN_TYPES = ("oneshot", "simple", "exec", "idle")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerTask:
    """A task of a timer. `problem` says why it becomes none, `notes` what is different in a task."""

    unit: str
    name: str
    fields: Mapping[str, object] = field(default_factory=dict)
    problem: str | None = None
    notes: tuple[str, ...] = ()


def tasks_of_timer(
    timer: Unit, service: Unit | None, *, service_name: str, timezone: str, folder: str
) -> list[TimerTask]:
    """Return the tasks of a timer: one for each time at which it elapses; `timezone` is that of its machine."""
    name = timer.name.removesuffix(".timer")
    if service is None:
        return [TimerTask(unit=timer.name, name=name, problem=f"{service_name} is not there")]
    notes: list[str] = []
    try:
        schedules = _schedules(timer, timezone, notes)
        fields = _service_fields(service, notes)
        shared = fields | _timer_fields(timer, notes)
    except (UnitError, CalendarError, TimeSpanError) as error:
        return [TimerTask(unit=timer.name, name=name, problem=str(error), notes=tuple(notes))]
    notes += _unknown(timer, "Timer") + _unknown(service, "Service")
    found = []
    for number, (schedule, zone) in enumerate(schedules, 1):
        own = name if number == 1 else f"{name}-{number}"
        whole = {
            "name": own,
            "executor": "shell",
            "folder": folder,
            "description": service.last("Unit", "Description") or timer.last("Unit", "Description"),
            "schedule": schedule,
            "timezone": zone,
            "overlap_policy": "skip",
            **shared,
        }
        found.append(TimerTask(unit=timer.name, name=own, fields=whole, notes=tuple(notes)))
    return found


def _schedules(timer: Unit, timezone: str, notes: list[str]) -> list[tuple[str, str]]:
    """Return schedules with their time zones; raises `UnitError` where there are none."""
    found: list[tuple[str, str]] = []
    for text in timer.values("Timer", "OnCalendar"):
        schedule, zone = read_calendar(text)
        found.append((schedule, zone or timezone))
    for key, word in ((_INTERVAL, "every"), (_DELAY, "after")):
        for text in timer.values("Timer", key):
            span = read_time_span(text)
            if not span:
                raise UnitError(f"{key}={text} starts again at once, which no schedule of a task does")
            found.append((f"{word} {format_duration(span)}", "UTC"))
    starts = [key for key in _STARTS if timer.values("Timer", key)]
    if not found:
        what = ", ".join(starts) or "no time at all"
        raise UnitError(f"has {what}: a task has no schedule that begins with the machine or with its timer")
    if timer.values("Timer", _INTERVAL):
        notes.append(f"{_INTERVAL}= counts from the last start; the task's interval is on a fixed grid.")
    elif starts:
        notes.append(f"{', '.join(starts)} has no equivalent: the first run is at the schedule's first time.")
    return list(dict.fromkeys(found))


def _timer_fields(timer: Unit, notes: list[str]) -> dict[str, object]:
    persistent = _truth(timer.last("Timer", "Persistent") or "no", "Persistent")
    fields: dict[str, object] = {"misfire_policy": "fire_once" if persistent else "skip"}
    delay = timer.last("Timer", "RandomizedDelaySec")
    seconds = int(read_time_span(delay).total_seconds()) if delay else 0
    if seconds:
        if seconds > _MOST_JITTER_SECONDS:
            notes.append(f"RandomizedDelaySec={delay} is more than a day, which is the most for a task.")
        fields["jitter_seconds"] = min(seconds, _MOST_JITTER_SECONDS)
    return fields


def _service_fields(service: Unit, notes: list[str]) -> dict[str, object]:
    kind = service.last("Service", "Type") or "simple"
    if kind not in _PLAIN_TYPES:
        raise UnitError(f"{service.name} has Type={kind}: it does not end when its command ends")
    commands = service.values("Service", "ExecStart")
    if not commands:
        raise UnitError(f"{service.name} has no ExecStart=")
    command, own = shell_command(
        service.values("Service", "ExecStartPre"),
        commands,
        service.values("Service", "ExecStartPost"),
        unit=service.name,
    )
    notes += own
    fields: dict[str, object] = {"command": command, "timeout_seconds": _timeout(service)}
    environment = _environment(service)
    if environment:
        fields["environment"] = environment
    user = service.last("Service", "User")
    if user:
        fields["run_as"] = expand_specifiers(user, service.name)
        notes.append(f"It runs as {fields['run_as']} only where the owner of a worker permits it ([allow] run_as).")
    else:
        notes.append("systemd ran it as root; a task runs as the user of its worker.")
    directory = service.last("Service", "WorkingDirectory")
    if directory:
        path = expand_specifiers(directory.removeprefix("-"), service.name)
        if path.startswith("/"):
            fields["working_directory"] = path
        else:
            notes.append(f"WorkingDirectory={directory} is not imported: give the task a path that begins with /.")
    for key, name in (("LimitNOFILE", "max_open_files"), ("LimitCPU", "max_cpu_seconds")):
        limit = (service.last("Service", key) or "").partition(":")[0]
        if limit.isdecimal() and int(limit):
            fields[name] = int(limit)
        elif limit and limit != "infinity":
            notes.append(f"{key}={limit} is not imported: write it as a number.")
    return fields


def _timeout(service: Unit) -> int:
    """Return the seconds after which systemd ends it; a oneshot service has no limit by itself."""
    for key in ("RuntimeMaxSec", "TimeoutStartSec", "TimeoutSec"):
        text = service.last("Service", key)
        if text and text != "infinity":
            return min(max(1, int(read_time_span(text).total_seconds())), LONGEST_TIMEOUT_SECONDS)
    return LONGEST_TIMEOUT_SECONDS


def _environment(service: Unit) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in service.values("Service", "Environment"):
        for word, _ in split_words(value):
            name, separator, text = word.partition("=")
            if not separator or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
                raise UnitError(f"Environment={value} is not NAME=value")
            found[name] = expand_specifiers(text, service.name)
    return found


def _unknown(unit: Unit, section: str) -> list[str]:
    """Return a note for the settings that a task has no field for."""
    known = _KNOWN[section] | _MEANS_NOTHING_HERE[section]
    names = [name for name in unit.names(section) if name not in known]
    return [f"{unit.name}: {', '.join(f'{name}=' for name in names)} cannot be expressed."] if names else []


def _truth(text: str, key: str) -> bool:
    if text.lower() in ("1", "yes", "y", "true", "t", "on"):
        return True
    if text.lower() in ("0", "no", "n", "false", "f", "off"):
        return False
    raise UnitError(f"{key}={text} is neither yes nor no")


def import_timers(
    timers: Sequence[str], read: Callable[[str], Unit | None], *, timezone: str, folder: str
) -> list[TimerTask]:
    """Return the tasks of timers by their names; `read` returns a unit with its drop-ins, or None."""
    found: list[TimerTask] = []
    for name in timers:
        try:
            timer = read(name)
        except UnitError as error:
            found.append(TimerTask(unit=name, name=name.removesuffix(".timer"), problem=str(error)))
            continue
        assert timer is not None
        service_name = timer.last("Timer", "Unit") or f"{name.removesuffix('.timer')}.service"
        try:
            service = read(service_name)
        except UnitError as error:
            found.append(TimerTask(unit=name, name=name.removesuffix(".timer"), problem=f"{service_name}: {error}"))
            continue
        found += tasks_of_timer(timer, service, service_name=service_name, timezone=timezone, folder=folder)
    return found
