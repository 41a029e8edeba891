"""The local backend's log beside its data: what goes to standard error, kept in a few files of bounded size."""

import re
from contextlib import suppress
from pathlib import Path
from typing import TextIO

MOST_BYTES = 5 * 1024 * 1024
KEPT_FILES = 3
_STYLES = re.compile(r"\x1b\[[0-9;]*m")


def log_path(data_dir: Path) -> Path:
    """Return where the log of a data directory's backend lies."""
    return data_dir / "logs" / "backend.log"


class LogFile:
    """A text stream that writes to another stream and, without terminal styles, to a file that is rotated by size.

    A disk that is full must not end the backend: what cannot be written is lost, and the stream goes on.
    """

    def __init__(self, path: Path, stream: TextIO, *, most_bytes: int = MOST_BYTES, kept: int = KEPT_FILES) -> None:
        self._path = path
        self._stream = stream
        self._most_bytes = most_bytes
        self._kept = kept
        self._file: TextIO | None = None
        self._size = 0
        with suppress(OSError):
            # The folder above is the data directory: as private as this one, whoever makes it first.
            for folder in (path.parent.parent, path.parent):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._open()

    def write(self, text: str) -> int:
        """Write to both."""
        self.write_to_file(text)
        return self._stream.write(text)

    def write_to_file(self, text: str) -> None:
        """Write to the file alone: what the stream is told of in another way."""
        plain = _STYLES.sub("", text)
        with suppress(OSError, ValueError):
            if self._size > self._most_bytes:
                self._rotate()
            if self._file is not None:
                self._file.write(plain)
                self._file.flush()
                self._size += len(plain.encode())

    def flush(self) -> None:
        """Flush the stream; the file is flushed at each line."""
        self._stream.flush()

    def isatty(self) -> bool:
        """Return whether the stream is a terminal."""
        return self._stream.isatty()

    def close(self) -> None:
        """Close the file; the stream belongs to somebody else."""
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
