"""The log files of a local backend: a copy of standard error in a few files of bounded size."""

import re
from contextlib import suppress
from pathlib import Path
from typing import TextIO

MOST_BYTES = 5 * 1024 * 1024
"""Small enough to open in an editor or to attach to a bug report."""
KEPT_FILES = 3
"""Rotated files beside the current one: the log uses at most 20 MiB."""
_STYLES = re.compile(r"\x1b\[[0-9;]*m")


def log_path(data_dir: Path) -> Path:
    """Return the path of the current log file."""
    return data_dir / "logs" / "backend.log"


class LogFile:
    """A text stream that writes to another stream and, without terminal styles, to a file that is rotated by size.

    A full disk must not end the backend, so lines that cannot be written to the file are lost.
    """

    def __init__(self, path: Path, stream: TextIO, *, most_bytes: int = MOST_BYTES, kept: int = KEPT_FILES) -> None:
        self._path = path
        self._stream = stream
        self._most_bytes = most_bytes
        self._kept = kept
        self._file: TextIO | None = None
        self._size = 0
        with suppress(OSError):
            # The folder above is the data directory. It must be private even if it is created here.
            for folder in (path.parent.parent, path.parent):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._open()

    def write(self, text: str) -> int:
        """Write to the stream and to the file."""
        self.write_to_file(text)
        return self._stream.write(text)

    def write_to_file(self, text: str) -> None:
        """Write to the file only."""
        plain = _STYLES.sub("", text)
        with suppress(OSError, ValueError):
            if self._size > self._most_bytes:
                self._rotate()
            if self._file is not None:
                self._file.write(plain)
                self._file.flush()
                self._size += len(plain.encode())

    def flush(self) -> None:
        """Flush the stream; the file is flushed by each write."""
        self._stream.flush()

    def isatty(self) -> bool:
        """Return whether the stream is a terminal."""
        return self._stream.isatty()

    def close(self) -> None:
        """Close the file but not the stream."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self) -> None:
        self._file = self._path.open("a", encoding="utf-8")
        self._size = self._path.stat().st_size

    def _rotate(self) -> None:
        self.close()
        for number in range(self._kept - 1, 0, -1):
            older = self._path.with_name(f"{self._path.name}.{number}")
            if older.exists():
                older.replace(self._path.with_name(f"{self._path.name}.{number + 1}"))
        self._path.replace(self._path.with_name(f"{self._path.name}.1"))
        self._open()
