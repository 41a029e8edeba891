"""Single fields of a task as texts, and texts as fields."""

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from console.views.tasks.field_problems import field_problem, joined_problems
from console.words import listed, tr
from shared.enums import DependencyCondition, DependencyWindow
from shared.models.schedule import BlackoutWindow
from shared.models.task import Dependency
from shared.schedule.durations import format_duration, parse_duration

T = TypeVar("T")

_UTC = re.compile(r"\s+UTC$", re.IGNORECASE)
_WINDOWS = frozenset(DependencyWindow)
_CONDITIONS = frozenset(DependencyCondition)


def number_text(value: int | None) -> str:
    """Return a number, or nothing for None."""
    return "" if value is None else str(value)


def numbers_text(values: Sequence[int] | None) -> str:
    """Return numbers with commas."""
    return ", ".join(str(value) for value in values or ())


def instant_text(at: datetime | None) -> str:
    """Return an instant as `read_instant` reads it: `2026-12-24 18:00 UTC`, with seconds where it has some."""
    if at is None:
        return ""
    at = at.astimezone(UTC)
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at.second else f"{at:%Y-%m-%d %H:%M} UTC"


def blackouts_text(windows: Sequence[BlackoutWindow]) -> str:
    """Return blackouts, one a line: `FROM – UNTIL`, or `CRON for DURATION`."""
    lines = []
    for window in windows:
        if window.schedule is not None and window.duration_seconds is not None:
            length = format_duration(timedelta(seconds=window.duration_seconds))
            lines.append(f"{window.schedule} for {length}")
        else:
            lines.append(f"{instant_text(window.starts_at)} – {instant_text(window.ends_at)}")
    return "\n".join(lines)


def dependencies_text(edges: Sequence[Dependency], names: Mapping[int, str]) -> str:
    """Return edges, one a line: the task's name, and `: condition, period` where they are not the usual ones."""
    lines = []
    for edge in edges:
        words = [edge.condition.value] if edge.condition is not DependencyCondition.SUCCESS else []
        words += ["period"] if edge.window is DependencyWindow.PERIOD else []
        name = names.get(edge.task_id, f"#{edge.task_id}")
        lines.append(f"{name}: {', '.join(words)}" if words else name)
    return "\n".join(lines)


def pairs_text(pairs: Mapping[str, str]) -> str:
    """Return pairs as lines of `NAME=value`."""
    return "\n".join(f"{name}={value}" for name, value in pairs.items())


def _read_lines(text: str, read: Callable[[int, str], T]) -> list[T]:
    """Return what `read` makes of each line that is not empty; raises ValueError that names every bad line."""
    found: list[T] = []
    problems: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                found.append(read(number, line))
            except ValueError as error:
                problems.append(str(error))
    if problems:
        raise ValueError(joined_problems(problems))
    return found


def read_pairs(text: str) -> dict[str, str]:
    """Return the pairs of lines `NAME=value`; raises ValueError for lines without `=`."""
    return dict(_read_lines(text, _read_pair))


def _read_pair(number: int, line: str) -> tuple[str, str]:
    name, separator, value = line.partition("=")
    if not separator or not name.strip():
        raise ValueError(tr("Line %1 is not NAME=value.", number))
    return name.strip(), value


def read_arguments(text: str) -> list[str]:
    """Return words as a shell would split them; raises ValueError for a quote that is not closed."""
    try:
        return shlex.split(text)
    except ValueError as error:
        raise ValueError(tr("A quote is not closed. Close it, or put a backslash before it.")) from error


def read_blackouts(text: str) -> list[dict[str, Any]]:
    """Return the windows of lines `FROM – UNTIL` or `CRON for DURATION`; raises ValueError that names bad lines."""
    return _read_lines(text, _read_blackout)


def _read_blackout(number: int, line: str) -> dict[str, Any]:
    schedule, separator, length = line.rpartition(" for ")
    if separator:
        try:
            seconds = int(parse_duration(length).total_seconds())
        except ValueError as error:
            raise ValueError(tr("Line %1: %2", number, field_problem(str(error)))) from error
        return {"schedule": schedule.strip(), "duration_seconds": seconds}
    parts = [part.strip() for part in line.replace(" – ", " - ").split(" - ")]
    if len(parts) != 2:
        raise ValueError(
            tr(
                "Line %1: write 2026-12-24 00:00 UTC - 2026-12-27 00:00 UTC, "
                "or a cron expression with a duration, such as 0 22 * * 5 for 2h.",
                number,
            )
        )
    return {"starts_at": read_instant(parts[0]), "ends_at": read_instant(parts[1])}


def read_instant(text: str) -> str | None:
    """Return an instant as the API takes it; None for nothing. Without an offset it is UTC."""
    if not text.strip():
        return None
    try:
        at = datetime.fromisoformat(_UTC.sub("Z", text.strip()))
    except ValueError:
        raise ValueError(tr("%1 is not a time. Use 2026-12-24 18:00 UTC.", text.strip())) from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()


def read_dependencies(text: str, ids: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the edges of lines `NAME` or `NAME: failure, period`; raises ValueError that names bad lines.

    `#12` is the task with that id; other names are looked up in `ids`.
    """
    return _read_lines(text, lambda number, line: _read_dependency(number, line.strip(), ids))


def _read_dependency(number: int, name: str, ids: Mapping[str, int]) -> dict[str, Any]:
    words = ""
    if name not in ids and ":" in name:
        name, _, words = (part.strip() for part in name.rpartition(":"))
    edge: dict[str, Any] = {}
    for word in map(str.lower, listed(words)):
        if word in _WINDOWS:
            edge["window"] = word
        elif word in _CONDITIONS:
            edge["condition"] = word
        else:
            raise ValueError(tr("Line %1: %2 is not success, failure, completion or period.", number, word))
    if name.startswith("#") and name[1:].isdigit():
        edge["task_id"] = int(name[1:])
    elif name in ids:
        edge["task_id"] = ids[name]
    else:
        raise ValueError(tr("Line %1: task %2 does not exist.", number, name))
    return {"condition": "success", "window": "latest"} | edge


def read_numbers(text: str) -> list[int] | None:
    """Return numbers with commas between them; None for nothing."""
    try:
        return [int(part) for part in listed(text)] or None
    except ValueError:
        raise ValueError(tr("Enter whole numbers separated by commas, such as 1, 75.")) from None
