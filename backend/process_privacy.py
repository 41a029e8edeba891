"""Keep the memory, the environment and the descriptors of this process from other processes of its user.

Those are above all the commands that a worker runs. The superuser reads everything all the same.
"""

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

_PR_SET_DUMPABLE = 4
"""From linux/prctl.h. A process that is not dumpable leaves no core file; its files in /proc belong to root, and no
process without CAP_SYS_PTRACE can attach to it or read its memory."""
_STATE_FIELD = 3
_ENV_START_FIELD, _ENV_END_FIELD = 50, 51
"""Numbers of fields in /proc/PID/stat, from proc(5); those before the state may contain blanks."""


def forbid_inspection() -> None:
    """Keep other processes of the user from reading this process or attaching to it; Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def hide_environment(secret_variables: Iterable[str]) -> None:
    """Remove variables, so that no child process inherits them, and erase the block that was given to this process.

    Linux shows the initial block in /proc/PID/environ as long as the process lives, whatever was removed since. The
    other variables keep their values: they are copied first. Call it before the process has threads.
    """
    for name in secret_variables:
        os.environ.pop(name, None)
    if sys.platform != "linux":
        return
    fields = Path("/proc/self/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    start, end = (int(fields[number - _STATE_FIELD]) for number in (_ENV_START_FIELD, _ENV_END_FIELD))
    for name, value in os.environ.items():
        os.putenv(name, value)
    if 0 < start < end:
        ctypes.memset(start, 0, end - start)
