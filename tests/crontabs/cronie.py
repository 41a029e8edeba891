"""What cronie starts, by its rules: an oracle for the import, written after crontab(5) and cron(8) of cronie 1.7.

It shares no code with the product. `python -m tests.crontabs.record` compares it with a real crond.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

BLANKS = " \t"
_C_SPACES = " \t\n\v\f\r"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: Sequence[tuple[int, int, Sequence[str]]] = (
    (0, 59, ()),
    (0, 23, ()),
    (1, 31, ()),
    (1, 12, _MONTHS),
    (0, 7, _WEEKDAYS),
)
_NAMED = {
    "yearly": "0 0 1 1 *",
    "annually": "0 0 1 1 *",
    "monthly": "0 0 1 * *",
    "weekly": "0 0 * * 0",
    "daily": "0 0 * * *",
    "midnight": "0 0 * * *",
    "hourly": "0 * * * *",
}
_MINUTE = timedelta(minutes=1)
_CORRECTED = timedelta(hours=3)
"""Beyond this a jump of the clock is a correction, and no summer time."""


class RefusedError(Exception):
    """cronie logs an error for the line, and never runs it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line that cronie runs; `has_random` says that a field has a random value, which differs with each start."""

    line: int
    fields: tuple[frozenset[int], ...]
    both_days_hold: bool
    is_wildcard: bool
    has_random: bool
    is_reboot: bool
    user: str
    shell: str
    command: str
    given: str
    directory: str
    environment: Mapping[str, str]

    def matches(self, wall: datetime) -> bool:
        """Return whether the fields match a minute of a clock on the wall."""
        minutes, hours, days, months, weekdays = self.fields
        if wall.minute not in minutes or wall.hour not in hours or wall.month not in months:
            return False
        weekday = (wall.weekday() + 1) % 7
        if self.both_days_hold:
            return wall.day in days and weekday in weekdays
        return wall.day in days or weekday in weekdays

    def starts(self, begin: datetime, end: datetime, *, zone: ZoneInfo) -> Iterator[datetime]:
        """Yield the instants in (begin, end) at which a daemon that runs since `begin` starts the command."""
        if self.is_reboot:
            return
        caught_up = _wall(begin, zone)
        for instant, wall in _clock(begin, end, zone):
            jump = wall - caught_up
            if jump == _MINUTE or abs(jump) > _CORRECTED:
                caught_up = wall
                if self.matches(wall):
                    yield instant
            elif jump > _MINUTE:
                fixed = False
                while caught_up < wall:
                    caught_up += _MINUTE
                    fixed = fixed or (not self.is_wildcard and self.matches(caught_up))
                if fixed or (self.is_wildcard and self.matches(wall)):
                    yield instant
            elif self.is_wildcard and self.matches(wall):
                yield instant


@lru_cache
def _clock(begin: datetime, end: datetime, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """Return the minutes between two instants, each with what a clock on the wall shows."""
    instants = (begin + number * _MINUTE for number in range(1, -((begin - end) // _MINUTE)))
    return [(instant, _wall(instant, zone)) for instant in instants]


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def entries(text: str, *, is_system: bool, user: str = "root") -> list[Entry]:
    """Return the lines of a crontab that cronie accepts, in their order."""
    found = []
    environment: dict[str, str] = {}
    *lines, _ = text.split("\n")  # what follows the last line feed is not a line
    for number, line in enumerate(lines, start=1):
        line = line.lstrip(BLANKS)
        if not line or line.startswith("#"):
            continue
        pair = variable(line)
        if pair is not None:
            environment[pair[0]] = pair[1]
            continue
        try:
            found.append(_entry(number, line, environment, is_system=is_system, user=user))
        except RefusedError:
            continue
    return found


def variable(line: str) -> tuple[str, str] | None:
    """Return the name and the value of a line that sets a variable, or None where it is none."""
    position, name = 0, ""
    quote = line[0] if line[0] in "'\"" else ""
    if quote:
        close = line.find(quote, 1)
        if close < 0 or "=" in line[1:close]:
            return None
        name, position = line[1:close], close + 1
    else:
        while position < len(line) and line[position] not in _C_SPACES + "=":
            position += 1
        name = line[:position]
    rest = line[position:].lstrip(_C_SPACES)
    if not rest.startswith("="):
        return None
    value = rest[1:].lstrip(_C_SPACES)
    if value[:1] not in ("'", '"') or not value:
        return name, value.rstrip(_C_SPACES)
    close = value.find(value[0], 1)
    if close < 0 or value[close + 1 :].strip(_C_SPACES):
        return None
    return name, value[1:close]


def _entry(number: int, line: str, environment: Mapping[str, str], *, is_system: bool, user: str) -> Entry:
    times, rest = _times(line.removeprefix("-"))
    if not rest or rest.startswith("*"):
        raise RefusedError
    if is_system:
        user, rest = _word(rest)
        if user.startswith("*") or not rest:
            raise RefusedError
    rest = _without_options(rest)
    is_reboot = times == ["@reboot"]
    sets = tuple(_field(text, *_FIELDS[place]) for place, text in enumerate(times)) if not is_reboot else ()
    command, given = _split(rest)
    variables = {"SHELL": "/bin/sh", "HOME": "/root" if user == "root" else f"/home/{user}"} | dict(environment)
    return Entry(
        line=number,
        fields=(*sets[:4], frozenset(value % 7 for value in sets[4])) if sets else sets,
        both_days_hold=bool(sets) and (times[2].startswith("*") or times[4].startswith("*")),
        is_wildcard=bool(sets) and (times[0].startswith("*") or times[1].startswith("*")),
        has_random=any("~" in text for text in times),
        is_reboot=is_reboot,
        user=user,
        shell=variables["SHELL"],
        command=command,
        given=given,
        directory=variables["HOME"],
        environment={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin"} | variables | {"LOGNAME": user, "USER": user},
    )


def _word(text: str) -> tuple[str, str]:
    """Return a text up to its first blank, and what follows the blanks."""
    end = next((place for place, letter in enumerate(text) if letter in BLANKS), len(text))
    return text[:end], text[end:].lstrip(BLANKS)


def _times(line: str) -> tuple[list[str], str]:
    if line.startswith("@"):
        name, rest = _word(line[1:])
        if name == "reboot":
            return ["@reboot"], rest
        if name not in _NAMED:
            raise RefusedError
        return _NAMED[name].split(), rest
    times, rest = [], line
    for _ in range(5):
        if rest[:1] in ("", *BLANKS):
            raise RefusedError
        word, rest = _word(rest)
        times.append(word)
    return times, rest


def _without_options(rest: str) -> str:
    """Return a command without `-n`, which asks for mail on failure only."""
    has_option = False
    while rest.startswith("-"):
        word, rest = _word(rest)
        if word != "-n" or has_option or not rest:
            raise RefusedError
        has_option = True
    return rest


def _field(text: str, low: int, high: int, names: Sequence[str]) -> frozenset[int]:
    values: set[int] = set()
    for entry in text.split(","):
        values.update(_range(entry, low, high, names))
    return frozenset(values)


def _range(entry: str, low: int, high: int, names: Sequence[str]) -> range:
    if "~" in entry:
        before, _, after = entry.partition("~")
        first = _number(before, low, names) if before else low
        last = _number(after, low, names) if after else high
        if first > last or not low <= first <= high:
            raise RefusedError
        return range(first, first + 1)
    bounds, slash, width = entry.partition("/")
    step = _number(width, 0, ()) if slash else 1
    if not step:
        raise RefusedError
    if bounds == "*":
        return range(low, high + 1, step)
    before, dash, after = bounds.partition("-")
    first = _number(before, low, names)
    last = _number(after, low, names) if dash else first
    if slash and not dash:
        raise RefusedError
    if first > last == 0 and not slash:
        last = 7
    values = range(first, last + 1, step)
    if any(not low <= value <= high for value in values):
        raise RefusedError
    return values


def _number(text: str, low: int, names: Sequence[str]) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    if text.lower() in names:
        return names.index(text.lower()) + low
    raise RefusedError


def _split(text: str) -> tuple[str, str]:
    r"""Return the command and what is written to its standard input: `%` is a line feed there, and `\%` a `%`."""
    command, place, is_escaped = "", 0, False
    while place < len(text):
        letter = text[place]
        place += 1
        if is_escaped:
            command = command[:-1] + "%" if letter == "%" else command + letter
            is_escaped = False
        elif letter == "%":
            break
        else:
            command += letter
            is_escaped = letter == "\\"
    given, is_escaped = "", False
    for letter in text[place:]:
        if is_escaped and letter != "%":
            given += "\\"
        if letter == "%" and not is_escaped:
            given += "\n"
        elif letter != "\\":
            given += letter
        is_escaped = letter == "\\"
    if given and not given.endswith("\n"):
        given += ("\\" if is_escaped else "") + "\n"
    elif is_escaped:
        given += "\\"
    return command, given
