"""The kernel limits all processes of a run together, in control groups that the worker makes."""

import os
import re
import shutil
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import pytest

from backend.worker.control_groups import own_groups
from shared.enums import RunStatus
from shared.models.run import Run
from tests.backend.cli.test_systemd_units import capabilities
from tests.conftest import Databases
from tests.processes import alive, unique_sleep
from tests.system import System, open_system
from tests.worker_process import WorkerProcess

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root can make control groups without systemd"
)

CONFIG = """
[commands]
control_groups = true

[limits]
memory_mb = 200
processes = 20
cpus = 0.5
"""
SEVERAL = """
import os, sys, time
for _ in range({0}):
    if not os.fork():
        kept = b"x" * (60 << 20)
        time.sleep(0.5)
        os._exit(0)
sys.exit(any(os.wait()[1] for _ in range({0})))
"""
"""Processes that hold 60 MiB each; the command fails where one of them is ended."""

BUSY = """
import os, time
until = time.monotonic() + 2
while time.monotonic() < until:
    pass
print(sum(os.times()[:2]))
"""
"""Computes for two seconds, and prints how many of CPU time it got."""


def as_under_systemd() -> Sequence[str]:
    setpriv = shutil.which("setpriv")
    assert setpriv is not None
    return (setpriv, f"--bounding-set=-all,{','.join(f'+{name}' for name in capabilities())}", "--no-new-privs", "--")


@pytest.fixture
async def system(databases: Databases, rabbit_url: str, tmp_path: Path) -> AsyncIterator[System]:
    """A backend, and a worker with the configuration and the rights of the unit for systemd."""
    config = tmp_path / "worker.toml"
    config.write_text(CONFIG)
    url = await databases.create()
    try:
        async with open_system(url, rabbit_url, tmp_path) as opened:
            arguments = ["--config", str(config)]
            with WorkerProcess(tmp_path, rabbit_url, arguments=arguments, prefix=as_under_systemd()):
                await opened.until_workers(1)
                yield opened
    finally:
        await databases.drop(url)


def groups_left() -> list[Path]:
    """Return the groups of commands below the group of this process, which workers of tests share."""
    own = own_groups(Path("/proc/self/cgroup").read_text(), Path("/proc/self/mountinfo").read_text())
    folders = {*own.version_1.values(), *([own.version_2] if own.version_2 is not None else [])}
    return [path for folder in folders for path in folder.glob("taskdeck-*-*")]


def members(run: Run) -> Mapping[str, str]:
    """Return the groups that a command of `cat /proc/self/cgroup` printed, by controller."""
    rows = [line.split(":", 2) for line in (run.stdout_tail or "").splitlines()]
    return {controller: path for _, controllers, path in rows for controller in controllers.split(",")}


async def test_each_run_with_limits_has_a_group_of_its_own_and_leaves_none(system: System) -> None:
    first = members(await system.run("first", command="cat /proc/self/cgroup"))
    second = members(await system.run("second", command="cat /proc/self/cgroup"))
    names = {re.sub(r".*/", "", path) for path in first.values() if "/taskdeck-" in path}
    assert len(names) == 1
    assert not names & {re.sub(r".*/", "", path) for path in second.values()}
    assert not [path for path in groups_left() if path.name in names]


async def test_processes_that_are_small_alone_do_not_exceed_the_memory_together(system: System) -> None:
    # Five of 60 MiB, which one may have, for less time than the worker needs to sample their memory.
    run = await system.run("many", command=f"{sys.executable} -c '{SEVERAL.format(5)}'")
    reached = "it reached its limit of 200 MiB of memory (max_memory_mb)"
    assert (run.status, reached in (run.error or "")) == ("failed", True), run.error
    alone = await system.run("alone", command=f"{sys.executable} -c '{SEVERAL.format(1)}'")
    assert alone.status == "succeeded", alone.stderr_tail


async def test_the_processes_of_one_run_do_not_count_for_another(system: System) -> None:
    mark = unique_sleep()
    task = await system.create("holding", command=f"for i in $(seq 15); do sleep {mark} & done; wait")
    holding = (await system.client.trigger_task(task)).id
    await system.until(holding, RunStatus.RUNNING)
    other = await system.run("other", command="for i in $(seq 15); do sleep 0.01 & done; wait; echo fine")
    assert (other.status, other.stdout_tail) == ("succeeded", "fine\n")
    await system.client.cancel_run(holding)
    await system.finished(holding)
    assert not alive(mark)
    many = await system.run("many", command="for i in $(seq 60); do sleep 5 & done; wait")
    assert many.status == "failed"
    assert "fork" in (many.stderr_tail or "").lower()


async def test_a_run_gets_the_share_of_the_processors_that_its_owner_permits(system: System) -> None:
    run = await system.run("busy", command=f"{sys.executable} -c '{BUSY}'")
    assert run.status == "succeeded"
    assert float(run.stdout_tail or "") < 2 * 0.5 * 1.3


async def test_a_command_cannot_begin_before_it_is_in_its_group(system: System) -> None:
    run = await system.run("input", command="cat; echo end of input")
    assert (run.status, run.stdout_tail) == ("succeeded", "end of input\n")
