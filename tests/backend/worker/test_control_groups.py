"""Where the own control groups of a worker are, and what is written for limits; the kernel's part is in integration."""

import os
from pathlib import Path

import pytest

from backend.worker.command_limits import Limits
from backend.worker.control_groups import (
    ControlGroups,
    Hierarchy,
    MissingError,
    OwnGroups,
    open_control_groups,
    own_groups,
)
from shared.errors import StartupError

UNIFIED = "31 23 0:28 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate"
OLD = """\
31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
34 31 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
38 31 0:35 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
"""
UNIT = "system.slice/taskdeck-worker.service"


@pytest.mark.parametrize(
    ("cgroup", "mounts", "version_2", "version_1"),
    [
        (f"0::/{UNIT}", UNIFIED, f"/sys/fs/cgroup/{UNIT}", {}),
        ("0::/", UNIFIED, "/sys/fs/cgroup", {}),
        # A worker that was restarted within its process: systemd marks the group above as delegated.
        (f"0::/{UNIT}/taskdeck-worker", UNIFIED, f"/sys/fs/cgroup/{UNIT}", {}),
        # A container without a namespace of groups: the mount begins at its own group.
        (
            "0::/docker/4f",
            UNIFIED.replace(" / ", " /docker/4f ", 1),
            "/sys/fs/cgroup",
            {},
        ),
        (
            f"8:pids:/{UNIT}\n4:memory:/{UNIT}\n2:cpu,cpuacct:/\n1:name=systemd:/x\n0::/{UNIT}",
            OLD,
            f"/sys/fs/cgroup/unified/{UNIT}",
            {
                "memory": f"/sys/fs/cgroup/memory/{UNIT}",
                "pids": f"/sys/fs/cgroup/pids/{UNIT}",
                "cpu": "/sys/fs/cgroup/cpu,cpuacct",
            },
        ),
        ("4:memory:/a:b\n", OLD, None, {"memory": "/sys/fs/cgroup/memory/a:b"}),
        ("", "", None, {}),
    ],
)
def test_the_groups_of_a_process_are_found(
    cgroup: str, mounts: str, version_2: str | None, version_1: dict[str, str]
) -> None:
    found = own_groups(cgroup, mounts)
    assert found.version_2 == (Path(version_2) if version_2 else None)
    assert found.version_1 == {name: Path(path) for name, path in version_1.items()}


def test_limits_are_written_as_each_version_has_them() -> None:
    limits = Limits(memory_mb=64, processes=20, cpus=1.5, cpu_seconds=9)
    every = frozenset({"memory", "pids", "cpu"})
    modern = {one.file: one.value for one in Hierarchy(Path("x"), 2, every).settings(limits)}
    assert modern == {
        "memory.max": "67108864",
        "memory.swap.max": "0",
        "memory.oom.group": "1",
        "pids.max": "20",
        "cpu.max": "150000 100000",
    }
    older = {one.file: one.value for one in Hierarchy(Path("x"), 1, every).settings(limits)}
    assert older == {
        "memory.limit_in_bytes": "67108864",
        "memory.memsw.limit_in_bytes": "67108864",
        "pids.max": "20",
        "cpu.cfs_period_us": "100000",
        "cpu.cfs_quota_us": "150000",
    }
    assert not list(Hierarchy(Path("x"), 2, every).settings(Limits(cpu_seconds=9, open_files=30)))
    assert [one.file for one in Hierarchy(Path("x"), 2, frozenset({"pids"})).settings(limits)] == ["pids.max"]


def delegated(folder: Path, controllers: str = "cpuset cpu io memory pids") -> OwnGroups:
    """Make the files that systemd delegates, without a kernel behind them."""
    (folder / "cgroup.controllers").write_text(controllers)
    (folder / "cgroup.type").write_text("domain")
    (folder / "cgroup.procs").write_text(f"{os.getpid()}\n")
    return OwnGroups(folder, {})


def test_the_worker_leaves_its_group_before_it_limits_groups_below(tmp_path: Path) -> None:
    own = delegated(tmp_path)
    old = tmp_path / f"taskdeck-{2**22 + 1}-7"
    old.mkdir()
    other = tmp_path / f"taskdeck-{os.getpid()}-7"
    other.mkdir()
    groups = ControlGroups(own)
    assert (tmp_path / "taskdeck-worker" / "cgroup.procs").read_text() == str(os.getpid())
    assert (tmp_path / "cgroup.subtree_control").read_text() == "+cpu +memory +pids"
    assert (old.exists(), other.exists()) == (False, True)
    group = groups.create(Limits(memory_mb=64))
    group.add(42)
    (folder,) = [path for path in tmp_path.glob("taskdeck-*-*") if path != other]
    assert {file.name: file.read_text() for file in folder.iterdir()} == {
        "memory.max": str(64 * 1024 * 1024),
        "cgroup.procs": "42",
    }
    assert group.memory_reached_bytes is None
    (folder / "memory.events").write_text("low 0\nmax 12\noom 1\noom_kill 1\n")
    assert group.memory_reached_bytes == 64 * 1024 * 1024


def test_a_group_with_a_process_in_it_is_removed_before_a_later_one_is_made(tmp_path: Path) -> None:
    groups = ControlGroups(delegated(tmp_path))
    group = groups.create(Limits(memory_mb=64))
    (folder,) = tmp_path.glob("taskdeck-*-*")
    # A folder with files cannot be removed, like a group with processes.
    group.close()
    assert folder.exists()
    for file in folder.iterdir():
        file.unlink()
    groups.create(Limits(processes=3))
    assert not folder.exists()


def test_a_system_without_the_controllers_says_which_are_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="limits no memory and no pids by control groups"):
        ControlGroups(delegated(tmp_path, "cpu io"))
    assert not (tmp_path / "taskdeck-worker").exists()


def test_a_limit_that_needs_groups_does_not_go_with_none() -> None:
    assert open_control_groups(wanted=False) is None
    with pytest.raises(StartupError, match=r"cpus in \[limits\] needs control groups"):
        open_control_groups(wanted=False, needs_them=True)
