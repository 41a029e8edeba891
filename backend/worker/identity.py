"""The id of a worker and its own folder."""

import re
import socket
from itertools import count
from pathlib import Path

from filelock import FileLock, Timeout

from backend.broker.keys import is_worker_id
from shared.errors import StartupError


class Identity:
    """A worker's id and its spool folder, locked while the process lives."""

    def __init__(self, worker_id: str, spool_dir: Path, lock: FileLock) -> None:
        self.worker_id = worker_id
        self.spool_dir = spool_dir
        self._lock = lock

    def release(self) -> None:
        """Unlock the id."""
        self._lock.release()


def claim_identity(folder: Path, *, worker_id: str | None = None) -> Identity:
    """Lock the given id, or the first of `host`, `host-2`, … that no process on this machine has.

    Raises `StartupError` where the given id is locked or not usable as the name of a queue.
    """
    if worker_id is not None:
        if not is_worker_id(worker_id):
            raise StartupError(f"{worker_id!r} is not a valid worker id. Use letters, digits, dot, dash and _.")
        claimed = _lock(folder, worker_id)
        if claimed is None:
            raise StartupError(f"Worker {worker_id} already runs on this machine. Stop it, or choose another --id.")
        return claimed
    host = re.sub(r"[^A-Za-z0-9._-]", "-", socket.gethostname()) or "worker"
    for number in count(1):
        claimed = _lock(folder, host if number == 1 else f"{host}-{number}")
        if claimed is not None:
            return claimed
    raise AssertionError


def _lock(folder: Path, worker_id: str) -> Identity | None:
    spool_dir = folder / worker_id
    try:
        spool_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(spool_dir / "lock", timeout=0, mode=0o600)
        lock.acquire()
    except Timeout:
        return None
    except OSError as error:
        raise StartupError(
            f"The spool folder {spool_dir} cannot be used: {error.strerror}. Name another with --spool-dir."
        ) from error
    return Identity(worker_id, spool_dir, lock)
