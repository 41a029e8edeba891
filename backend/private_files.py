"""Files with secrets: one that other users of the machine can read is refused, as PostgreSQL and ssh do."""

import os
import shlex
import stat
from pathlib import Path

_OTHERS = stat.S_IRWXO | stat.S_IWGRP
"""What nobody but the owner and those who share a group on purpose, as services do, may have."""


def exposure(file: Path) -> str | None:
    """Return why the content of a file is no secret, with the command that mends it; None for a private one.

    Pipes and descriptors have no such permissions. Raises OSError.
    """
    if os.name != "posix":
        return None
    status = file.stat()
    if not stat.S_ISREG(status.st_mode) or not status.st_mode & _OTHERS:
        return None
    who = "every user of this machine" if status.st_mode & stat.S_IRWXO else "its whole group"
    what = "read" if status.st_mode & stat.S_IROTH else "change"
    return f"{who} can {what} it. Run: chmod o=,g-w {shlex.quote(str(file))}"
