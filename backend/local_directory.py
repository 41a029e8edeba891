"""A local backend's data directory: one process at a time, found by others through `backend.json`."""

from pathlib import Path
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from shared.errors import StartupError
from shared.local_backend import (
    LocalBackend,
    announce_local_backend,
    default_data_dir,
    find_local_backend,
    withdraw_local_backend,
)

_PORT_FILE = "port"


class DirectoryBusyError(StartupError):
    """Another backend has the directory, and does not answer yet or no longer."""


class LocalDirectory:
    """The directory and its lock."""

    default = staticmethod(default_data_dir)

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path / "backend.lock", timeout=0)

    def take(self) -> LocalBackend | None:
        """Take the directory, or return the backend that has it.

        Raises `DirectoryBusyError` where that is starting or stopping, `StartupError` where there is none to be had.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock.acquire()
        except Timeout:
            running = find_local_backend(self.path)
            if running is None:
                raise DirectoryBusyError(
                    f"Another backend is starting or stopping in {self.path}; try again in a moment."
                ) from None
            return running
        except OSError as error:
            raise StartupError(
                f"The data directory {self.path} cannot be used: {error.strerror}. Name another with --data-dir."
            ) from error
        withdraw_local_backend(self.path)
        return None

    def announce(self, backend: LocalBackend) -> None:
        """Let clients find the backend, and keep its port for the next start."""
        announce_local_backend(self.path, backend)
        port = urlsplit(backend.url).port
        if port is not None:
            (self.path / _PORT_FILE).write_text(str(port), encoding="utf-8")

    def former_port(self) -> int:
        """Return the port of the last start, or 0: links and tasks that name the address stay right."""
        try:
            port = int((self.path / _PORT_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return 0
        return port if 0 < port < 2**16 else 0

    def withdraw(self) -> None:
        """Let clients find it no longer."""
        withdraw_local_backend(self.path)

    def release(self) -> None:
        """Give the directory back."""
        withdraw_local_backend(self.path)
        self._lock.release()
