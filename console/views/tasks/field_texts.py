"""Single fields of a task as texts, and texts as fields."""

import re
import shlex
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from console.views.tasks.field_problems import field_problem, joined_problems
from console.words import listed, tr
from shared.enums import DependencyCondition, DependencyWindow
from shared.models.schedule import BlackoutWindow
from shared.models.task import Dependency
from shared.schedule.durations import format_duration, parse_duration
from shared.time_zones import time_zone

T = TypeVar("T")

_LINE_BREAK = "⏎"
_ID = re.compile(r"#[0-9]{1,18}")
_ZONE = re.compile(r"\s+(?P<zone>[A-Za-z][\w+/-]*)$")
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
    """Return edges, one a line, as `dependency_line` writes them; `names` are those of the tasks by id."""
    taken = frozenset(names.values())
    return "\n".join(
        dependency_line(names.get(edge.task_id), edge.task_id, edge.condition, edge.window, taken) for edge in edges
    )


def dependency_line(
    name: str | None,
    task_id: int | None,
    condition: DependencyCondition,
    window: DependencyWindow,
    names: Collection[str],
) -> str:
    """Return an edge as a line: the task's name, and `: condition, period` where they are not the usual ones.

    A task whose name is not known, or whose line could be read as another of the `names`, is written as `#12`.
    """
    words = [condition.value] if condition is not DependencyCondition.SUCCESS else []
    words += [window.value] if window is not DependencyWindow.LATEST else []
    behind = f": {', '.join(words)}" if words else ""
    is_clear = name is not None and not _ID.fullmatch(name) and not (behind and f"{name}{behind}" in names)
    return f"{name}{behind}" if is_clear or task_id is None else f"#{task_id}{behind}"


def pairs_text(pairs: Mapping[str, str]) -> str:
    """Return pairs as lines of `NAME=value`, in which ⏎ stands for a line break in a value."""
    return "\n".join(f"{name}={value}".replace("\n", _LINE_BREAK) for name, value in pairs.items())


def _read_lines(text: str, read: Callable[[int, str], T]) -> list[T]:
    """Return what `read` makes of each line that is not empty; raises ValueError that names every bad line."""
    found: list[T] = []
    problems: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                found.append(read(number, line))
            except ValueError as error:
                problems.append(str(error))
    if problems:
        raise ValueError(joined_problems(problems))
    return found


def read_pairs(text: str) -> dict[str, str]:
    """Return the pairs of lines `NAME=value`, as `pairs_text` writes them; raises ValueError for lines without `=`."""
    return dict(_read_lines(text, _read_pair))


def _read_pair(number: int, line: str) -> tuple[str, str]:
    name, separator, value = line.partition("=")
    if not separator or not name.strip():
        raise ValueError(tr("Line %1 is not NAME=value.", number))
    return name.strip(), value.replace(_LINE_BREAK, "\n")


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
    """Return an instant as the API takes it; None for nothing.

    A time zone may follow by its name; without one, and without an offset, it is UTC.
    """
    if not text.strip():
        return None
    zone = _ZONE.search(text.strip())
    try:
        at = datetime.fromisoformat(_ZONE.sub("", text.strip()))
        named = time_zone("UTC" if zone is None or zone["zone"].upper() == "UTC" else zone["zone"])
        return (at if at.tzinfo else at.replace(tzinfo=named)).astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
    except (OverflowError, ValueError):
        raise ValueError(
            tr("%1 is not a time. Use 2026-12-24 18:00 UTC, or another time zone by its name.", text.strip())
        ) from None


def read_dependencies(text: str, ids: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the edges of lines `NAME` or `NAME: failure, period`; raises ValueError that names bad lines.

    `#12` is the task with that id; other names are looked up in `ids`.
    """
    return _read_lines(text, lambda number, line: _read_dependency(number, line.strip(), ids))


def _read_dependency(number: int, name: str, ids: Mapping[str, int]) -> dict[str, Any]:
    name, words = split_dependency(name, ids)
    edge: dict[str, Any] = {}
    for word in map(str.lower, listed(words)):
        if word in _WINDOWS:
            edge["window"] = word
        elif word in _CONDITIONS:
            edge["condition"] = word
        else:
            raise ValueError(tr("Line %1: %2 is not success, failure, completion or period.", number, word))
    if _ID.fullmatch(name):
        edge["task_id"] = int(name[1:])
    elif name in ids:
        edge["task_id"] = ids[name]
    else:
        raise ValueError(tr("Line %1: task %2 does not exist.", number, name))
    return {"condition": "success", "window": "latest"} | edge


def split_dependency(line: str, ids: Collection[str]) -> tuple[str, str]:
    """Return the name of the task in a line of `NAME` or `NAME: failure, period`, and the words behind it."""
    if line in ids or ":" not in line:
        return line, ""
    name, _, words = (part.strip() for part in line.rpartition(":"))
    return name, words


def unknown_upstreams(text: str, names: Collection[str]) -> set[str]:
    """Return the names in lines of dependencies that none of the known tasks has."""
    found = {split_dependency(line.strip(), names)[0] for line in text.splitlines() if line.strip()}
    return {name for name in found if name not in names and not _ID.fullmatch(name)}


def read_numbers(text: str) -> list[int] | None:
    """Return numbers with commas between them; None for nothing."""
    try:
        return [int(part) for part in listed(text)] or None
    except ValueError:
        raise ValueError(tr("Enter whole numbers separated by commas, such as 1, 75.")) from None
