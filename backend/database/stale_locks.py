"""Lock files that a server of this data directory left over when it crashed.

Such a file may be torn, or contain the pid of another process. PostgreSQL does not start if that process is a zombie or
belongs to the same user.
"""

from pathlib import Path

import structlog

from backend.database import postmaster

_SOCKET_LINE = 4
"""The index of the line of postmaster.pid that contains the socket's folder."""

log = structlog.get_logger()


def remove_stale_locks(folder: Path) -> None:
    """Remove the lock files of a server that has ended; those of one that runs stay."""
    own = folder / postmaster.FILE
    lines = _lines(own)
    places = {folder, *(Path(line) for line in lines[_SOCKET_LINE : _SOCKET_LINE + 1] if line)}
    sockets = [lock for place in places for lock in place.glob(".s.PGSQL.*.lock")]
    ours = [lock for lock in sockets if _lines(lock)[1:2] == [str(folder.resolve())]]
    for lock in [own, *ours]:
        if lock.exists() and not _is_owner(_lines(lock)[:1], folder):
            log.warning("Removed a stale lock file of the embedded database.", file=str(lock))
            lock.unlink(missing_ok=True)


def _lines(file: Path) -> list[str]:
    try:
        return [line.strip() for line in file.read_text(errors="replace").splitlines()]
    except OSError:
        return []


def _is_owner(first_line: list[str], folder: Path) -> bool:
    """Whether the pid of a lock file belongs to a server of this folder."""
    try:
        return postmaster.is_server_of(folder, int(first_line[0]))
    except (IndexError, ValueError):
        return False
