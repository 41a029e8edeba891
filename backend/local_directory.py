"""The data directory of a local backend: locked by one process, which clients find through `backend.json`."""

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
    """The directory is locked by a backend that is starting or stopping."""


_LOCK = "backend.lock"
"""Who can open it can lock it; former versions made it for everybody to read."""


class LocalDirectory:
    """A data directory and its lock."""

    default = staticmethod(default_data_dir)

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path / _LOCK, timeout=0, mode=0o600)

    def acquire(self) -> LocalBackend | None:
        """Lock the directory, or return the backend that has locked it.

        Raises `DirectoryBusyError` if that backend is starting or stopping, `StartupError` if the directory cannot be
        created or used.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock.acquire()
            (self.path / _LOCK).chmod(0o600)
        except Timeout:
            running = find_local_backend(self.path)
            if running is None:
                raise DirectoryBusyError(
                    f"Another backend is starting or stopping in {self.path}. Try again in a moment."
                ) from None
            return running
        except OSError as error:
            raise StartupError(
                f"The data directory {self.path} cannot be used: {error.strerror}. Choose another with --data-dir."
            ) from error
        withdraw_local_backend(self.path)
        return None

    def publish(self, backend: LocalBackend) -> None:
        """Publish the address for clients, and store the port for the next start."""
        announce_local_backend(self.path, backend)
        port = urlsplit(backend.url).port
        if port is not None:
            (self.path / _PORT_FILE).write_text(str(port), encoding="utf-8")

    def last_port(self) -> int:
        """Return the port of the last start, or 0. Reusing it keeps deep links and tasks that contain it valid."""
        try:
            port = int((self.path / _PORT_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return 0
        return port if 0 < port < 2**16 else 0

    def withdraw(self) -> None:
        """Remove the address, so that clients no longer connect."""
        withdraw_local_backend(self.path)

    def release(self) -> None:
        """Unlock the directory."""
        withdraw_local_backend(self.path)
        self._lock.release()
