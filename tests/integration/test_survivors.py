"""A process that its worker may not signal: named in the run and among the faults, until it has ended."""

import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.enums import FaultKind, RunStatus, StreamTopic
from shared.models.fault import Fault
from tests.conftest import Databases
from tests.processes import alive, unique_sleep
from tests.system import System, open_system
from tests.worker_process import WorkerProcess

SETPRIV = shutil.which("setpriv") or ""
NOBODY = 65534

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or not SETPRIV,
    reason="only root can leave a process that its worker may not signal",
)


@pytest.fixture
async def system(databases: Databases, rabbit_url: str, tmp_path: Path) -> AsyncIterator[System]:
    url = await databases.create()
    try:
        async with open_system(url, rabbit_url, tmp_path) as opened:
            yield opened
    finally:
        await databases.drop(url)


def worker(folder: Path, broker_url: str) -> WorkerProcess:
    """Return a worker that may not signal processes of other users."""
    return WorkerProcess(
        folder,
        broker_url,
        environment={"TASKDECK_KILL_GRACE_SECONDS": "0.1"},
        prefix=[SETPRIV, "--bounding-set=-kill", "--"],
    )


async def survivors(system: System) -> list[Fault]:
    answer = (await system.http.get("/api/system/faults")).json()["data"]
    return [fault for one in answer if (fault := Fault.model_validate(one)).kind is FaultKind.SURVIVED]


async def test_a_survivor_is_named_until_it_has_ended_also_over_a_restart_of_its_worker(
    system: System, rabbit_url: str, tmp_path: Path
) -> None:
    mark = unique_sleep()
    command = f"exec {SETPRIV} --reuid {NOBODY} --regid {NOBODY} --clear-groups sleep {mark}"
    with worker(tmp_path, rabbit_url):
        await system.until_workers(1)
        task = await system.create("stubborn", command=command, timeout_seconds=1)
        run = await system.finished((await system.client.trigger_task(task)).id, seconds=60)
        (pid,) = alive(mark)
        assert run.status is RunStatus.TIMED_OUT
        assert run.error == (
            f"timed out after 1 s; process {pid} (sleep {mark}) could not be ended and is still running: "
            "the worker may not signal it"
        )
        (fault,) = await survivors(system)
        assert fault.object_name == f"{run.id}, on worker w1"
        assert f"could not end process {pid} (sleep {mark})" in fault.cause
        assert fault.next_step.endswith(f"kill -9 {pid}")
        assert (await system.run("next", command="true")).status is RunStatus.SUCCEEDED
    with worker(tmp_path, rabbit_url):
        await system.until_workers(1)
        assert (await system.run("after the restart", command="true")).status is RunStatus.SUCCEEDED
        assert await survivors(system) == [fault]
        os.kill(pid, signal.SIGKILL)
        assert (
            await system.until_events(lambda: survivors(system), lambda found: not found, topic=StreamTopic.WORKERS)
            == []
        )
