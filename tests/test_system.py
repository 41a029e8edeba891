"""What tests read when a run does not come as far as they wait for."""

from pathlib import Path

import pytest

from backend.dispatcher.assign_loop import AssignPass
from tests.conftest import Databases
from tests.system import open_system
from tests.unfinished_run import describe


async def test_a_wait_that_is_too_long_says_what_is_known(databases: Databases, tmp_path: Path) -> None:
    async with open_system(await databases.create(), None, tmp_path) as system:
        await system.add_worker(task_types=("http",))
        await system.until_workers(1)
        task_id = await system.create("nobody runs it", command="true")
        run = await system.client.trigger_task(task_id)
        with pytest.raises(
            AssertionError, match=f"after 1 s run {run.id} is not succeeded or .*\nthis replica leads: True"
        ):
            await system.finished(run.id, seconds=1)
        with system.backend.context.passes.watch(object) as passes:
            system.backend.context.passes.record(AssignPass(assigned=3))
            known = await describe(system, run.id, passes)
    for words in (
        "this replica leads: True; the broker is connected: True",
        "pass, 1 times: AssignPass(assigned=3, returned=0)",
        "waiting: unschedulable: ",
        f"run: id={run.id}, task_id={task_id}, status=pending, attempt=0, placement=shell",
        "worker: id=w1, status=online",
        "heartbeat_age=",
        "task_types=['http']",
    ):
        assert words in known, known
