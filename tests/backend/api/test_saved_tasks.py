"""Saved means it can run: whatever the API accepts is found again, reaches a worker, and ends with a plain reason.

A task that names a user whom no worker permits waits, and says so.
"""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given

from backend.queue.sampler import QueueSampled
from backend.worker.run_user import own_user
from shared.enums import RunStatus, UnschedulableCause
from shared.models.run import Run
from shared.printable_text import why_unprintable
from tests.conftest import Databases
from tests.fuzzing import fuzzed
from tests.strategies.tasks import tasks
from tests.system import System, open_system

TRACES = ("Traceback", "the executor", "Error(", "NoneType", "\n")
"""What no reason for a failure contains."""


class Host:
    """A system with a worker, on an event loop of its own."""

    def __init__(self, databases: Databases, folder: Path) -> None:
        self._runner = asyncio.Runner()
        self._databases = databases
        self._stack = AsyncExitStack()
        self.url = self.do(databases.create())
        self.system: System = self.do(self._stack.enter_async_context(open_system(self.url, None, folder)))
        self.do(self.system.add_worker())

    def do(self, work: Any) -> Any:
        return self._runner.run(work)

    def close(self) -> None:
        self.do(self._stack.aclose())
        self.do(self._databases.drop(self.url))
        self._runner.close()


@pytest.fixture(scope="module")
def host(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    made = Host(databases, tmp_path_factory.mktemp("worker"))
    with contextlib.chdir(tmp_path_factory.mktemp("commands")):  # a command may write a file with any name
        yield made
    made.close()


@fuzzed(30)
@given(tasks())
@example({"name": "as nobody", "executor": "shell", "command": "true", "run_as": "nobody"})
def test_a_saved_task_runs_or_says_why_not(host: Host, fields: dict[str, Any]) -> None:
    host.do(check(host.system, fields))


async def check(system: System, fields: dict[str, Any]) -> None:
    answer = await system.http.post(
        "/api/tasks", content=json.dumps(fields), headers={"Content-Type": "application/json"}
    )
    if answer.status_code != 201:
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"], answer.text
        assert all(error["field"] and error["message"] for error in answer.json()["errors"])
        return
    task = answer.json()["data"]
    try:
        await is_found(system, task)
        run_id = (await system.client.trigger_task(task["id"])).id
        if task["run_as"] in (None, own_user()):
            says_why(await system.finished(run_id, seconds=120))
        else:
            await waits_for_permission(system, run_id, user=task["run_as"])
    finally:
        assert (await system.http.delete(f"/api/tasks/{task['id']}")).status_code in (200, 204)


async def is_found(system: System, task: dict[str, Any]) -> None:
    """The task is found by its exact name and by a search for it, and its lines can be printed."""
    name = task["name"]
    by_name = (await system.http.get("/api/tasks", params={"name": name})).json()["data"]
    assert [one["id"] for one in by_name] == [task["id"]], name
    by_search = await system.http.get("/api/tasks", params={"q": name, "limit": 500})
    assert by_search.status_code == 200, by_search.text
    assert task["id"] in [one["id"] for one in by_search.json()["data"]], name
    for line in (name, task["folder"], task["task_type"], task["executor"], *task["labels"], *task["labels"].values()):
        assert why_unprintable(line) is None, line
    for variable in task["environment"]:
        assert why_unprintable(variable) is None, variable


async def waits_for_permission(system: System, run_id: int, *, user: str) -> None:
    """The run says that no worker permits its user; a worker that came a moment ago may not be known yet."""
    run = await system.until_passes(QueueSampled, lambda: system.client.get_run(run_id), waits_for_user)
    assert run.attempt == 0
    assert run.waiting_reason is not None
    assert f"run as {user}:" in run.waiting_reason


def waits_for_user(run: Run) -> bool:
    unschedulable = run.waiting.unschedulable if run.waiting is not None else None
    return unschedulable is not None and unschedulable.cause is UnschedulableCause.RUN_AS


def says_why(run: Run) -> None:
    assert run.attempt >= 1
    assert run.status in (RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.TIMED_OUT), run.status
    if run.status is RunStatus.SUCCEEDED:
        return
    assert run.error
    assert not any(trace in run.error for trace in TRACES), run.error
