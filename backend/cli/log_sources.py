"""A log that can be read, and the one in the files of a local backend."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from backend.log_file import KEPT_FILES
from shared.errors import NotFoundError
from shared.log_lines import LogLine, LogReader, read_entries

_PIECE_BYTES = 1024 * 1024

Wait = Callable[[], None]
"""Returns when it is time to look for more."""
IsShown = Callable[[LogLine], bool]


class Source(Protocol):
    """A log that can be read."""

    def newest(self, is_shown: IsShown, *, count: int | None, since: datetime | None) -> list[LogLine]:
        """Return the newest `count` entries that are shown, or all, the oldest first."""

    def follow(self, wait: Wait, /) -> Iterator[LogLine]:
        """Yield what was written since `newest`."""


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

    def newest(self, is_shown: IsShown, *, count: int | None, since: datetime | None) -> list[LogLine]:
        """Return the newest `count` entries that are shown; all of the log is read, which has 20 MiB at most."""
        return list(deque(filter(is_shown, read_entries(self._lines())), maxlen=count))

    def _lines(self) -> Iterator[str]:
        rotated = [self._path.with_name(f"{self._path.name}.{number}") for number in range(KEPT_FILES, 0, -1)]
        for path in (*rotated, self._path):
            with suppress(FileNotFoundError), path.open("rb") as file:
                for line in file:
                    yield line.decode("utf-8", "replace")
                self._end = file.tell()

    def follow(self, wait: Wait) -> Iterator[LogLine]:
        """Yield what was written since `newest`, also to the next files after a rotation."""
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
