"""The log of a service of this machine, read from the journal of systemd."""

import json
import os
import select
import shutil
import subprocess
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from backend.cli.log_sources import IsShown, Wait
from backend.system_service import UnitName
from shared.errors import StartupError
from shared.log_lines import LogLine, parse_entry

_OPTIONS = ("--output=json", "--all", "--no-pager")
"""Without --all, journalctl writes null for a message of more than 4 KiB, such as one with a long traceback."""
_RIGHTS = "root and members of the group systemd-journal may read it"
_FIRST_RECORDS = 2_000
"""How many records are read first, and ten times as many while too few of them are shown: half a million take 20 s."""
_QUIET_SECONDS = 0.25
"""After so long without a record, the last entry is complete."""
_LEVEL_OF_PRIORITY = ("critical", "critical", "critical", "error", "warning", "info", "info", "debug")
"""The priorities of syslog, 0 (emergency) to 7 (debug)."""


class JournalSource:
    """The log of a service of this machine, in the journal."""

    def __init__(self, unit: UnitName) -> None:
        """Raises `StartupError` on a system without a journal."""
        self._command = ("journalctl", f"--unit=taskdeck-{unit}.service", *_OPTIONS)
        self._cursor: str | None = None
        if shutil.which("journalctl") is None:
            raise StartupError("This system has no journal (journalctl).")

    def newest(self, is_shown: IsShown, *, count: int | None, since: datetime | None) -> list[LogLine]:
        """Return the newest `count` entries that are shown. Raises `StartupError` where the journal cannot be read."""
        earliest = [f"--since=@{since.timestamp():.6f}"] if since is not None else []
        most = _FIRST_RECORDS
        while True:
            reader = JournalReader()
            limit = [f"--lines={most}"] if count is not None else []
            shown = deque(filter(is_shown, self._read(reader, *earliest, *limit)), maxlen=count)
            if count is None or len(shown) >= count or reader.records < most:
                return list(shown)
            most *= 10

    def follow(self, _wait: Wait) -> Iterator[LogLine]:
        """Yield what was written since `newest`."""
        begin = f"--after-cursor={self._cursor}" if self._cursor is not None else "--lines=0"
        yield from self._read(JournalReader(), "--follow", "--no-tail", begin)

    def _read(self, reader: "JournalReader", *options: str) -> Iterator[LogLine]:
        with subprocess.Popen([*self._command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603
            assert process.stderr is not None
            try:
                for records in _records(process):
                    yield from reader.feed(records) if records else reader.finish()
                yield from reader.finish()
                error = process.stderr.read().decode("utf-8", "replace").strip()
                process.wait()
            finally:
                process.terminate()
                self._cursor = reader.cursor or self._cursor
        if process.returncode > 0 or (error and not reader.records):
            raise StartupError(f"The journal cannot be read ({_RIGHTS}): {error}")


def _records(process: subprocess.Popen[bytes]) -> Iterator[list[bytes]]:
    """Yield the complete lines that a process has written, and an empty list when it pauses."""
    assert process.stdout is not None
    rest = b""
    while True:
        if not select.select([process.stdout], [], [], _QUIET_SECONDS)[0]:
            yield []
            select.select([process.stdout], [], [])
        piece = os.read(process.stdout.fileno(), 1024 * 1024)
        if not piece:
            return
        *whole, rest = (rest + piece).split(b"\n")
        if whole:
            yield whole


@dataclass(frozen=True, slots=True)
class _Record:
    """A record of the journal: a line that a service wrote, or a message of systemd about it."""

    message: str
    at: datetime
    level: str
    source: str
    is_cut: bool
    """Whether journald cut the line here: it stores 48 KiB of one in a record."""


class JournalReader:
    """Joins records to entries: lines that were cut, and the lines of a traceback where the log is text."""

    def __init__(self) -> None:
        self.records = 0
        self.cursor: str | None = None
        self._cut: list[_Record] = []
        self._entry: LogLine | None = None
        self._source = ""

    def feed(self, lines: Iterable[bytes]) -> Iterator[LogLine]:
        """Yield the entries that are complete, of the lines of `journalctl --output=json`."""
        for line in lines:
            self.records += 1
            with suppress(ValueError, TypeError, AttributeError):
                found = json.loads(line)
                self.cursor = found.get("__CURSOR", self.cursor)
                record = _record(found)
                if record is not None:
                    yield from self._add(record)

    def finish(self) -> Iterator[LogLine]:
        """Yield the last entry: nothing follows it, at least for now."""
        if self._cut:
            yield from self._add_line(self._joined())
        if self._entry is not None:
            yield self._entry
        self._entry = None

    def _add(self, record: _Record) -> Iterator[LogLine]:
        if self._cut and self._cut[-1].source != record.source:
            yield from self._add_line(self._joined())
        self._cut.append(record)
        if not record.is_cut:
            yield from self._add_line(self._joined())

    def _joined(self) -> _Record:
        first = self._cut[0]
        message = "".join(record.message for record in self._cut)
        self._cut = []
        return _Record(message, first.at, first.level, first.source, is_cut=False)

    def _add_line(self, record: _Record) -> Iterator[LogLine]:
        begun = parse_entry(record.message)
        if begun is None and self._entry is not None and record.source == self._source:
            detail = "\n".join(filter(None, [self._entry.detail, record.message]))
            self._entry = LogLine(self._entry.message, self._entry.at, self._entry.level, self._entry.fields, detail)
            return
        if self._entry is not None:
            yield self._entry
        self._entry = begun or LogLine(record.message, record.at, record.level)
        self._source = record.source if begun is not None else ""


def _record(found: dict[str, object]) -> _Record | None:
    message = _message(found.get("MESSAGE"))
    if message is None:
        return None
    at = datetime.fromtimestamp(int(str(found.get("__REALTIME_TIMESTAMP", 0))) / 1_000_000, UTC)
    priority = min(max(int(str(found.get("PRIORITY", 6))), 0), 7)
    source = str(found.get("_STREAM_ID", ""))
    return _Record(message, at, _LEVEL_OF_PRIORITY[priority], source, is_cut=found.get("_LINE_BREAK") == "line-max")


def _message(value: object) -> str | None:
    """Return a message; journalctl writes one that is not printable as the numbers of its bytes."""
    if isinstance(value, list):
        return bytes(value).decode("utf-8", "replace")
    return value if isinstance(value, str) else None
