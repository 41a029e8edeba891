"""A replica that stood still, as in a paused virtual machine, has heard no heartbeat, and loses no worker for it."""

import time
from pathlib import Path

from backend.broker.in_process import InProcessBroker
from shared.enums import RunStatus, WorkerStatus
from tests.system import System
from tests.worker_process import WorkerProcess

STANDSTILL_SECONDS = 4.0
"""More than the timeout of heartbeats, which is 3 s in tests."""


async def test_no_worker_is_lost_by_a_replica_that_stood_still(system: System, rabbit_url: str, tmp_path: Path) -> None:
    if isinstance(system.broker, InProcessBroker):
        await system.add_worker()
        await held_by(system)
    else:
        with WorkerProcess(tmp_path, rabbit_url):
            await held_by(system)


async def held_by(system: System) -> None:
    await system.until_workers(1)
    task = await system.create("long", command="sleep 5")
    run = (await system.client.trigger_task(task)).id
    await system.until(run, RunStatus.RUNNING)
    time.sleep(STANDSTILL_SECONDS)  # noqa: ASYNC251 - the whole process stands still
    ended = await system.finished(run)
    (worker,) = (await system.client.list_workers()).data
    assert (ended.status, ended.attempt, worker.status) == (RunStatus.SUCCEEDED, 1, WorkerStatus.ONLINE), ended.error
