"""Where a log is: the files of a local backend, or the journal of systemd."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from backend.log_file import KEPT_FILES
from backend.system_service import UnitName
from shared.errors import NotFoundError, StartupError
from shared.log_lines import LogLine, LogReader, parse_entry, read_entries

_PIECE_BYTES = 1024 * 1024
_LEVEL_OF_PRIORITY = ("critical", "critical", "critical", "error", "warning", "info", "info", "debug")
"""The priorities of syslog, 0 (emergency) to 7 (debug)."""

Wait = Callable[[], None]
"""Returns when it is time to look for more."""


class FileSource:
    """The log of a local backend: the current file, and rotated ones that are older."""

    def __init__(self, path: Path) -> None:
        """Raises `NotFoundError` where there is no log."""
        self._path = path
        self._end = 0
        if not path.exists():
            raise NotFoundError(
                f"There is no log of a local backend in {path.parent}. For a service of systemd use --system backend; "
                "a container's log is that of docker compose logs or kubectl logs."
            )

    def entries(self) -> Iterator[LogLine]:
        """Yield what is there, the oldest first."""
        yield from read_entries(self._lines())

    def _lines(self) -> Iterator[str]:
        rotated = [self._path.with_name(f"{self._path.name}.{number}") for number in range(KEPT_FILES, 0, -1)]
        for path in (*rotated, self._path):
            with suppress(FileNotFoundError), path.open("rb") as file:
                for line in file:
                    yield line.decode("utf-8", "replace")
                self._end = file.tell()

    def follow(self, wait: Wait) -> Iterator[LogLine]:
        """Yield what was written since `entries`, also to the next files after a rotation."""
        reader = LogReader()
        with ExitStack() as stack:
            file = stack.enter_context(self._path.open("rb"))
            file.seek(self._end if self._end <= self._path.stat().st_size else 0)
            rest = b""
            while True:
                *whole, rest = (rest + file.read(_PIECE_BYTES)).split(b"\n")
                yield from reader.feed(line.decode("utf-8", "replace") for line in whole)
                if whole:
                    continue
                yield from reader.finish()
                if self._is_replaced(file):
                    stack.close()
                    file = stack.enter_context(self._path.open("rb"))
                    rest = b""
                else:
                    wait()

    def _is_replaced(self, file: BinaryIO) -> bool:
        """Return whether the path names another file now, or one that was emptied."""
        try:
            named, opened = self._path.stat(), os.fstat(file.fileno())
        except OSError:
            return False
        return named.st_ino != opened.st_ino or named.st_size < file.tell()


class JournalSource:
    """The log of a service of this machine, in the journal."""

    def __init__(self, unit: UnitName) -> None:
        """Raises `StartupError` on a system without a journal."""
        self._unit = f"taskdeck-{unit}.service"
        if shutil.which("journalctl") is None:
            raise StartupError("This system has no journal (journalctl).")

    def entries(self) -> Iterator[LogLine]:
        """Yield what is there, the oldest first. Raises `StartupError` where the journal cannot be read."""
        yield from self._read()

    def follow(self, _wait: Wait) -> Iterator[LogLine]:
        """Yield what is written from now on."""
        yield from self._read("--follow", "--lines=0")

    def _read(self, *options: str) -> Iterator[LogLine]:
        command = ["journalctl", f"--unit={self._unit}", "--output=json", "--no-pager", "--quiet", *options]
        with subprocess.Popen(  # noqa: S603
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace"
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            try:
                yield from journal_entries(process.stdout)
                said = process.stderr.read().strip()
            finally:
                process.terminate()
        if process.returncode > 0:
            raise StartupError(f"The journal cannot be read: {said}")


def journal_entries(lines: Iterable[str]) -> Iterator[LogLine]:
    """Yield the entries of `journalctl --output=json`: our own lines, and those of systemd about the service."""
    for line in lines:
        with suppress(ValueError, AttributeError):
            record = json.loads(line)
            message = _message(record.get("MESSAGE"))
            if message is None:
                continue
            at = datetime.fromtimestamp(int(record.get("__REALTIME_TIMESTAMP", 0)) / 1_000_000, UTC)
            priority = min(max(int(record.get("PRIORITY", 6)), 0), 7)
            yield parse_entry(message) or LogLine(message, at, _LEVEL_OF_PRIORITY[priority])


def _message(value: object) -> str | None:
    """Return a message; journalctl writes one that is not printable as the numbers of its bytes."""
    if isinstance(value, list):
        return bytes(value).decode("utf-8", "replace")
    return value if isinstance(value, str) else None
