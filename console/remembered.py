"""Everything that the console remembers, with its scope.

How the console looks holds for every backend; what a person looks for and does holds for one.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from console.memory import Key, Scope

T = TypeVar("T")


def _text(value: Any) -> str:
    return str(value)


def _number(value: Any) -> int:
    return int(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _mapping(value: Any) -> Mapping[str, Any]:
    return dict(value)


def _list_of(read: Callable[[Any], T]) -> Callable[[Any], Sequence[T]]:
    def read_all(value: Any) -> Sequence[T]:
        if not isinstance(value, list):
            raise TypeError(value)
        return [read(one) for one in value]

    return read_all


WINDOW_GEOMETRY = Key("window/geometry", Scope.CONSOLE, "", _text)
"""As Qt writes it, in hexadecimal."""
SIDE_BAR_FOLDED = Key("window/folded", Scope.CONSOLE, False, _flag)
SPLITTER_SIZES: Key[Sequence[int]] = Key("splitters", Scope.CONSOLE, (), _list_of(int))
"""A family: one for each splitter; widths or heights in pixels."""
COLUMNS: Key[Mapping[str, Any]] = Key("columns", Scope.CONSOLE, {}, _mapping)
"""A family: one for each table; which columns are shown, their widths in pixels, their order."""
LOG_WRAPS = Key("log/wrap", Scope.CONSOLE, False, _flag)
LOG_SHOWS_TIMES = Key("log/times", Scope.CONSOLE, False, _flag)
OVERVIEW_RANGE = Key("overview/range", Scope.CONSOLE, "1 h", _text)
AGENDA_SCALE = Key("agenda/scale", Scope.CONSOLE, "week", _text)
PREFERENCE = Key("preferences", Scope.CONSOLE, "", _text)
"""A family: one for each preference; empty is the default."""
LAST_LOOK = Key("releases/looked", Scope.CONSOLE, 0, _number)
"""When the console last looked for a newer version, in seconds since 1970."""
SAVED_CONNECTIONS: Key[Sequence[Mapping[str, Any]]] = Key("connections/list", Scope.CONSOLE, (), _list_of(_mapping))
LAST_CONNECTION = Key("connections/last", Scope.CONSOLE, "", _text)
"""The address that was used last; empty for this machine."""

LAST_VIEW = Key("view", Scope.CONNECTION, "overview", _text)
VIEW_STATE: Key[Mapping[str, Any]] = Key("views", Scope.CONNECTION, {}, _mapping)
"""A family: one for each view; its filters and pages."""
OPEN_FOLDERS: Key[Sequence[str]] = Key("tasks/expanded", Scope.CONNECTION, ("",), _list_of(str))
TASK_FILTERS: Key[Sequence[Mapping[str, Any]]] = Key("tasks/filters", Scope.CONNECTION, (), _list_of(_mapping))
SUBSCRIBED_TASKS: Key[Sequence[int]] = Key("subscribed", Scope.CONNECTION, (), _list_of(int))
DRAFTS: Key[Mapping[str, Any]] = Key("drafts", Scope.CONNECTION, {}, _mapping)
"""What was entered in forms and not saved, by form, the oldest first."""
LAST_SEEN_ALERT = Key("alerts/seen", Scope.CONNECTION, 0, _number)
"""The id of the newest message that was on the screen."""
RECENT_ACTIONS: Key[Sequence[str]] = Key("palette/recent", Scope.CONNECTION, (), _list_of(str))
"""The ids of the actions that were run from the palette, newest first."""
GREETING_STEPS: Key[Sequence[str]] = Key("greeting", Scope.CONNECTION, (), _list_of(str))
"""The first steps that were taken."""
