"""The data directory of the local backend, and the file by which clients find it."""

import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import platformdirs

DATA_DIR_VARIABLE = "TASKDECK_DATA_DIR"
DISCOVERY_FILE = "backend.json"


@dataclass(frozen=True, slots=True)
class LocalBackend:
    """The contents of `backend.json`: what a client needs to connect to the local backend."""

    url: str
    token: str
    pid: int
    version: str


def default_data_dir() -> Path:
    """Return `TASKDECK_DATA_DIR`, or the platform's data directory for `taskdeck`."""
    named = os.environ.get(DATA_DIR_VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    return Path(platformdirs.user_data_dir("taskdeck", appauthor=False))


def find_local_backend(data_dir: Path | None = None) -> LocalBackend | None:
    """Return the local backend that runs on `data_dir`, or None.

    The file of a backend that was killed is ignored: its process must exist.
    """
    path = (data_dir or default_data_dir()) / DISCOVERY_FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        backend = LocalBackend(
            url=str(found["url"]),
            token=str(found["token"]),
            pid=int(found["pid"]),
            version=str(found["version"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return backend if backend.pid > 0 and _exists(backend.pid) else None


def _exists(pid: int) -> bool:
    if sys.platform == "win32":
        import psutil  # slow to load, which every command would pay

        return bool(psutil.pid_exists(pid))
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def announce_local_backend(data_dir: Path, backend: LocalBackend) -> None:
    """Replace `backend.json` atomically; only its owner can read it."""
    path = data_dir / DISCOVERY_FILE
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(backend), file)
    partial.replace(path)


def withdraw_local_backend(data_dir: Path) -> None:
    """Remove `backend.json`: clients no longer find the backend."""
    (data_dir / DISCOVERY_FILE).unlink(missing_ok=True)
