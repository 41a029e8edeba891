"""Keeps other users of the machine from the embedded PostgreSQL, which trusts everybody who reaches its socket."""

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.errors import StartupError

_SOCKET_NAME = ".s.PGSQL.5432"
_MOST_SOCKET_BYTES = 107 if sys.platform.startswith("linux") else 103
"""The length of `sun_path`, less the NUL at the end."""
_ENTER = stat.S_IXGRP | stat.S_IXOTH


def has_short_path(folder: Path) -> bool:
    """Return whether the server's socket can be in its own folder, which is private."""
    if sys.platform == "win32":
        return True
    return len(os.fsencode(folder.resolve() / _SOCKET_NAME)) <= _MOST_SOCKET_BYTES


def private_folder(parent: Path) -> Path:
    """Return a folder of this user alone, for sockets of databases whose own path is too long.

    Raises `StartupError` where another user made it, or can enter it. The server of root runs as a user of its own, for
    whom it would have to be open.
    """
    user = os.geteuid()
    if user == 0:
        raise StartupError("The path of the data directory is too long for a socket. Choose a shorter --data-dir.")
    folder = parent / f"taskdeck-{user}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user or found.st_mode & 0o077:
        raise StartupError(
            f"{folder} is not a directory of this user alone, and the path of the data directory is too long for a "
            "socket. Remove it, or choose a shorter --data-dir."
        )
    return folder


@contextmanager
def kept_closed(paths: Iterable[Path]) -> Iterator[None]:
    """Undo at the end of the block that the folders above some paths were made readable for everybody.

    The library does that for root, whose server runs as another user. That user needs to enter them, not to list them.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        yield
        return
    before = {parent: stat.S_IMODE(parent.stat().st_mode) for path in paths for parent in path.resolve().parents}
    try:
        yield
    finally:
        for parent, mode in before.items():
            if stat.S_IMODE(parent.stat().st_mode) != mode:
                parent.chmod(mode | _ENTER)
