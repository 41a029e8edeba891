"""The lines of a process's log, read from either of its forms: JSON or text."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

LEVELS = ("debug", "info", "warning", "error", "critical")
"""The least severe first."""
_TEXT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*Z) \[(\w+) *\] ?(.*)", re.DOTALL)
_OWN = ("timestamp", "level", "event", "exception", "stack")
_BARE = re.compile(r"[^\s\"'=]+")


@dataclass(frozen=True, slots=True)
class LogLine:
    """One entry of a log. `fields` are its other values, `detail` is of several lines, such as a traceback."""

    message: str
    at: datetime | None = None
    level: str = "info"
    fields: Mapping[str, object] = field(default_factory=dict)
    detail: str = ""

    @property
    def severity(self) -> int:
        """The place of the level in `LEVELS`; that of `info` for one that is unknown."""
        return LEVELS.index(self.level) if self.level in LEVELS else LEVELS.index("info")

    def shown(self) -> str:
        """Return the entry for a reader: in this machine's time zone, its values behind the message."""
        at = f"{self.at.astimezone():%Y-%m-%d %H:%M:%S} " if self.at is not None else ""
        values = "".join(f"  {name}={_value(value)}" for name, value in self.fields.items() if value is not None)
        detail = "".join(f"\n    {line}" for line in self.detail.splitlines())
        return f"{at}{self.level:<8} {self.message}{values}{detail}"

    def as_json(self) -> dict[str, object]:
        """Return the entry in terms of JSON, whatever form it was read from."""
        found: dict[str, object] = {"timestamp": self.at.isoformat() if self.at is not None else None}
        found |= {"level": self.level, "event": self.message, **self.fields}
        return {**found, "exception": self.detail} if self.detail else found


def _value(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if _BARE.fullmatch(text) or not isinstance(value, str) else json.dumps(text, ensure_ascii=False)


def parse_entry(line: str) -> LogLine | None:
    """Return the entry that a line begins, or None: the line continues the entry before, as those of a traceback do."""
    if line.startswith("{"):
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            return None
        return _of_json(found) if isinstance(found, dict) and isinstance(found.get("event"), str) else None
    matched = _TEXT.fullmatch(line)
    if matched is None or (at := _instant(matched[1])) is None:
        return None
    return LogLine(matched[3].rstrip(), at, matched[2])


def _of_json(found: dict[str, object]) -> LogLine:
    detail = "\n".join(str(found[name]).rstrip("\n") for name in ("exception", "stack") if found.get(name))
    others = {name: value for name, value in found.items() if name not in _OWN}
    level = str(found.get("level", "info"))
    return LogLine(str(found["event"]), _instant(str(found.get("timestamp"))), level, others, detail)


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


class LogReader:
    """Joins lines to entries."""

    def __init__(self) -> None:
        self._entry: LogLine | None = None
        self._more: list[str] = []

    def feed(self, lines: Iterable[str]) -> Iterator[LogLine]:
        """Yield the entries that are complete: the last one is, once another begins or `finish` is called."""
        for line in lines:
            text = line.rstrip("\r\n")
            begun = parse_entry(text)
            if begun is not None:
                yield from self.finish()
                self._entry = begun
            elif self._entry is not None:
                self._more.append(text)
            elif text:
                yield LogLine(text)

    def finish(self) -> Iterator[LogLine]:
        """Yield the last entry: nothing follows it, at least for now."""
        if self._entry is not None:
            detail = "\n".join([*filter(None, [self._entry.detail]), *self._more]).rstrip()
            yield replace(self._entry, detail=detail)
        self._entry, self._more = None, []


def read_entries(lines: Iterable[str]) -> Iterator[LogLine]:
    """Yield the entries of a log that has ended."""
    reader = LogReader()
    yield from reader.feed(lines)
    yield from reader.finish()
