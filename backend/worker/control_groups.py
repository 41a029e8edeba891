"""Control groups of Linux: limits that the kernel applies to all processes of one command together.

See the kernel's documentation: admin-guide/cgroup-v2 and admin-guide/cgroup-v1. Where version 2 does not have a
controller, as on systems that mount version 1 beside it, the hierarchy of version 1 is used for that controller.
"""

import contextlib
import itertools
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psutil
import structlog

from backend.worker.command_limits import Limits
from shared.errors import StartupError

_CONTROLLERS = ("memory", "pids", "cpu")
_MEBIBYTE = 1024 * 1024
_CPU_PERIOD_US = 100_000
"""The kernel's default period, in which a command may use its share of CPU time."""
_PREFIX = "taskdeck-"
_OWN = "taskdeck-worker"
"""Where the worker moves itself: in version 2 a group with limited groups below has no processes of its own."""
_DELEGATION = ("user.delegate", "trusted.delegate")
"""By these attributes systemd says that a service may make groups below its own (systemd.resource-control(5))."""
_names = itertools.count(1)

log = structlog.get_logger()


class Setting(NamedTuple):
    """What to write to a file of a group; one that is optional is left out where the kernel does not have it."""

    file: str
    value: str
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """A folder below which groups are made, and what can be limited there."""

    folder: Path
    version: int
    controllers: frozenset[str]

    def settings(self, limits: Limits) -> Iterator[Setting]:
        """Yield what to write, in an order that the kernel accepts."""
        memory = limits.memory_mb * _MEBIBYTE if limits.memory_mb is not None else None
        quota = max(1000, round(limits.cpus * _CPU_PERIOD_US)) if limits.cpus is not None else None
        if "memory" in self.controllers and memory is not None:
            if self.version == 2:
                # Without swap, and ended as a whole: a command that lost one of its processes would go on wrongly.
                yield Setting("memory.max", str(memory))
                yield Setting("memory.swap.max", "0", is_optional=True)
                yield Setting("memory.oom.group", "1", is_optional=True)
            else:
                yield Setting("memory.limit_in_bytes", str(memory))
                yield Setting("memory.memsw.limit_in_bytes", str(memory), is_optional=True)
        if "pids" in self.controllers and limits.processes is not None:
            yield Setting("pids.max", str(limits.processes))
        if "cpu" in self.controllers and quota is not None:
            if self.version == 2:
                yield Setting("cpu.max", f"{quota} {_CPU_PERIOD_US}")
            else:
                yield Setting("cpu.cfs_period_us", str(_CPU_PERIOD_US))
                yield Setting("cpu.cfs_quota_us", str(quota))


class ControlGroup:
    """The group of one command, in each hierarchy."""

    def __init__(self, folders: Mapping[Path, Hierarchy], limits: Limits, left: "list[ControlGroup]") -> None:
        """`left` gets the group where a process is in it when it is closed."""
        self._folders = folders
        self._limits = limits
        self._left = left

    def add(self, pid: int) -> None:
        """Put a process into the group, before it starts others; raises OSError."""
        for folder in self._folders:
            (folder / "cgroup.procs").write_text(str(pid))

    def kill(self) -> None:
        """End all processes of the group at once, where the kernel can."""
        for folder, hierarchy in self._folders.items():
            if hierarchy.version == 2:
                with contextlib.suppress(OSError):
                    (folder / "cgroup.kill").write_text("1")

    @property
    def memory_reached_bytes(self) -> int | None:
        """The limit of memory, where the kernel ended a process for it."""
        for folder, hierarchy in self._folders.items():
            if "memory" in hierarchy.controllers and self._limits.memory_mb is not None:
                file = folder / ("memory.events" if hierarchy.version == 2 else "memory.oom_control")
                with contextlib.suppress(OSError, ValueError):
                    counts = dict(line.split() for line in file.read_text().splitlines())
                    if int(counts.get("oom_kill", 0)):
                        return self._limits.memory_mb * _MEBIBYTE
        return None

    def close(self) -> None:
        """Remove it now, or before a later one is made where a process that cannot be ended is in it."""
        if not self.remove():
            self._left.append(self)

    def remove(self) -> bool:
        """Remove it; return False while a process is in it."""
        for folder in self._folders:
            try:
                folder.rmdir()
            except FileNotFoundError:
                continue
            except OSError:
                return False
        return True


class ControlGroups:
    """Makes the groups of one worker's commands below the worker's own."""

    def __init__(self, own: "OwnGroups") -> None:
        """Move the worker out of the way, and remove what its predecessors left; raises `MissingError`, OSError."""
        self._hierarchies = tuple(_prepare(own))
        self._left: list[ControlGroup] = []
        for hierarchy in self._hierarchies:
            _remove_old(hierarchy.folder)

    def create(self, limits: Limits) -> ControlGroup:
        """Make a group with these limits; raises OSError."""
        self._left[:] = [group for group in self._left if not group.remove()]
        name = f"{_PREFIX}{os.getpid()}-{next(_names)}"
        group = ControlGroup({one.folder / name: one for one in self._hierarchies}, limits, self._left)
        try:
            for hierarchy in self._hierarchies:
                folder = hierarchy.folder / name
                folder.mkdir()
                for setting in hierarchy.settings(limits):
                    _write(folder / setting.file, setting)
        except OSError:
            group.remove()
            raise
        return group


def open_control_groups(wanted: bool | None, *, needs_them: bool = False) -> ControlGroups | None:
    """Return the worker's groups; None where they are not `wanted`, or, with None, not delegated by systemd.

    Raises `StartupError` where they cannot be had and are wanted, or needed by a limit of the worker's owner.
    """
    if needs_them and wanted is False:
        raise StartupError("cpus in [limits] needs control groups. Remove it, or control_groups = false.")
    if needs_them:
        wanted = True
    if wanted is False or sys.platform != "linux":
        if wanted:
            raise StartupError("Control groups, which cpus in [limits] needs too, exist on Linux alone. Remove both.")
        return None
    own = own_groups(Path("/proc/self/cgroup").read_text(), Path("/proc/self/mountinfo").read_text())
    if wanted is None and not (own.version_2 is not None and _is_delegated(own.version_2)):
        return None
    try:
        return ControlGroups(own)
    except OSError as error:
        problem = f"{error.filename or 'its control group'} cannot be written ({error.strerror})"
    except MissingError as error:
        problem = str(error)
    if wanted is None:
        log.warning("runs have no control groups, though systemd delegates one", cause=problem)
        return None
    raise StartupError(
        f"The worker cannot make control groups: {problem}. Give its unit Delegate=memory pids cpu and "
        "ProtectControlGroups=no, or start it as root; or remove control_groups and cpus from its configuration."
    )


@dataclass(frozen=True, slots=True)
class OwnGroups:
    """The folders of this process's own groups: that of version 2, and those of version 1 by controller."""

    version_2: Path | None
    version_1: Mapping[str, Path]


class MissingError(Exception):
    """The system does not offer what is needed; the message says what."""


def own_groups(cgroup: str, mountinfo: str) -> OwnGroups:
    """Return where this process is, from /proc/self/cgroup and /proc/self/mountinfo (cgroups(7), proc(5)).

    A worker that was restarted within its process has left its group before: that one is meant, not the one below.
    """
    mounts: dict[str, tuple[str, str]] = {}
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        root, point = before.split()[3:5]
        kind, _, options = after.split()[:3]
        if kind == "cgroup2":
            mounts[""] = (root, point)
        elif kind == "cgroup":
            mounts |= dict.fromkeys(options.split(","), (root, point))
    found: dict[str, Path] = {}
    for line in cgroup.splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            if controller in mounts:
                root, point = mounts[controller]
                below = path.removeprefix(root.rstrip("/")) if path.startswith(root) else ""
                found[controller] = Path(point) / below.strip("/")
    version_2 = found.pop("", None)
    if version_2 is not None and version_2.name == _OWN:
        version_2 = version_2.parent
    return OwnGroups(version_2, {name: found[name] for name in _CONTROLLERS if name in found})


def _is_delegated(folder: Path) -> bool:
    for attribute in _DELEGATION:
        with contextlib.suppress(OSError):
            if os.getxattr(folder, attribute) == b"1":
                return True
    return False


def _prepare(own: OwnGroups) -> Iterator[Hierarchy]:
    """Yield the hierarchies that have all controllers between them; raises `MissingError`, OSError."""
    there = own.version_2
    has = frozenset(_read_words(there / "cgroup.controllers")) if there is not None else frozenset()
    modern = frozenset(_CONTROLLERS) & has
    if missing := [name for name in _CONTROLLERS if name not in modern and name not in own.version_1]:
        raise MissingError(f"this system limits no {' and no '.join(missing)} by control groups")
    if there is not None and modern:
        _leave(there)
        (there / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in sorted(modern)))
        yield Hierarchy(there, 2, modern)
    older: dict[Path, set[str]] = {}
    for name in _CONTROLLERS:
        if name not in modern:
            older.setdefault(own.version_1[name], set()).add(name)
    for folder, names in older.items():
        if not os.access(folder, os.W_OK):
            raise MissingError(f"{folder} cannot be written")
        yield Hierarchy(folder, 1, frozenset(names))


def _leave(folder: Path) -> None:
    """Move the processes of a group, this one among them, into one below; the root's may stay."""
    if not (folder / "cgroup.type").exists():
        return
    below = folder / _OWN
    below.mkdir(exist_ok=True)
    for pid in _read_words(folder / "cgroup.procs"):
        with contextlib.suppress(ProcessLookupError):
            (below / "cgroup.procs").write_text(pid)


def _remove_old(folder: Path) -> None:
    """Remove what workers left that were killed."""
    for path in folder.glob(f"{_PREFIX}*-*"):
        pid = path.name.removeprefix(_PREFIX).partition("-")[0]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            with contextlib.suppress(OSError):
                path.rmdir()


def _write(file: Path, setting: Setting) -> None:
    if not setting.is_optional or file.exists():
        file.write_text(setting.value)


def _read_words(file: Path) -> list[str]:
    return file.read_text().split()
