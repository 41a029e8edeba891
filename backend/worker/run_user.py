"""The user as whom commands are run, where the worker's owner names one."""

import ctypes
import getpass
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from shared.errors import StartupError

if sys.platform != "win32":
    import pwd

_PR_SET_NO_NEW_PRIVS = 38
"""From linux/prctl.h. Inherited by every child process: none gains rights by a setuid program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunUser:
    """A user of this machine with all groups."""

    name: str
    uid: int
    gid: int
    groups: tuple[int, ...]
    home: str
    shell: str

    @property
    def variables(self) -> dict[str, str]:
        """What a sign-in as this user sets."""
        return {"HOME": self.home, "USER": self.name, "LOGNAME": self.name, "SHELL": self.shell}

    @property
    def folder(self) -> str:
        """Where its commands start, as with cron: its home, or `/` where that does not exist."""
        return self.home if Path(self.home).is_dir() else "/"

    def may_enter(self, folder: os.stat_result) -> bool:
        """Return whether the permissions of a folder let the user enter it."""
        if folder.st_uid == self.uid:
            return bool(folder.st_mode & 0o100)
        if folder.st_gid in (self.gid, *self.groups):
            return bool(folder.st_mode & 0o010)
        return bool(folder.st_mode & 0o001)


def find_run_user(name: str) -> RunUser:
    """Return a user by name; raises `StartupError` where there is none, or where this process may not become it."""
    if sys.platform == "win32":
        raise StartupError("run_as in the worker's configuration is not supported on Windows. Remove it.")
    try:
        entry = pwd.getpwnam(name)
    except KeyError as error:
        raise StartupError(f"run_as names {name!r}, which is no user of this machine. Create the user.") from error
    if os.geteuid() != 0:
        raise StartupError(f"Only a worker that runs as root can run commands as {name}. Start it as root.")
    return RunUser(
        name=name,
        uid=entry.pw_uid,
        gid=entry.pw_gid,
        groups=tuple(os.getgrouplist(name, entry.pw_gid)),
        home=entry.pw_dir,
        shell=entry.pw_shell or "/bin/sh",
    )


class RunUsers:
    """As whom commands are run: the user of the worker's owner, or those that tasks may name."""

    def __init__(self, default: str | None, permitted: Iterable[str]) -> None:
        """Raises `StartupError` for a user that does not exist, or that this process may not become."""
        self.own = own_user()
        self._default = find_run_user(default) if default is not None else None
        self._named = {name: find_run_user(name) for name in permitted if name != self.own or default is not None}

    @property
    def has_others(self) -> bool:
        """Whether commands may run as another user than the worker's own."""
        return self._default is not None or bool(self._named)

    def find(self, name: str | None) -> RunUser | None:
        """Return whom a task's `run_as` means, None for the worker's own user; what is not permitted is refused before.

        Raises KeyError for a name that is not permitted.
        """
        if name is None or (self._default is not None and name == self._default.name):
            return self._default
        if self._default is None and name == self.own:
            return None
        return self._named[name]


def own_user() -> str:
    """Return the name of the user of this process; its number where it has none."""
    if sys.platform == "win32":
        return getpass.getuser()
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def forbid_new_privileges() -> None:
    """Keep this thread and all processes that it starts from gaining rights by executing a program; Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
