"""A process that its worker cannot end is named in the run and by the doctor."""

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from backend.broker.messages import WORKER_COMMANDS, AttemptEnd, AttemptResult, Ending, Revoke
from backend.broker.queues import worker_queue
from backend.cli import findings
from backend.runs.finish import finish
from backend.worker import child_process
from shared.enums import FaultKind, RunStatus, StreamTopic
from shared.models.fault import Fault
from tests.system import System


async def survivors(system: System) -> list[Fault]:
    answer = (await system.http.get("/api/system/faults")).json()["data"]
    return [fault for one in answer if (fault := Fault.model_validate(one)).kind is FaultKind.SURVIVED]


@pytest.fixture
def unkillable(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[int]]:
    """The process groups that the worker could not signal."""
    groups: set[int] = set()
    monkeypatch.setattr(child_process, "KILL_SECONDS", 0.1)
    monkeypatch.setattr(child_process, "DRAIN_SECONDS", 0.1)
    with monkeypatch.context() as no_signals:
        no_signals.setattr(os, "killpg", lambda pid, _: groups.add(pid))
        yield groups


async def test_a_survivor_is_in_the_run_and_among_the_faults(system: System, unkillable: set[int]) -> None:
    await system.add_worker()
    run = await system.run("stubborn", command="exec sleep 60", timeout_seconds=1)
    [pid] = unkillable
    assert run.status is RunStatus.TIMED_OUT
    assert f"process {pid} (sleep 60) could not be ended" in (run.error or "")
    [fault] = await survivors(system)
    assert (fault.object_type, fault.object_id) == ("run", str(run.id))
    [finding] = findings.faults([fault], now=datetime.now(UTC))
    assert (finding.what, finding.state) == ("Not ended", "warning")
    assert f"could not end process {pid} (sleep 60)" in finding.detail
    assert f"kill -9 {pid}" in finding.detail
    await ends(system, pid)


async def test_a_survivor_of_a_revoked_attempt_is_among_the_faults(system: System, unkillable: set[int]) -> None:
    await system.add_worker()
    task = await system.create("stubborn", command="exec sleep 60", on_worker_lost="fail")
    run = await system.client.trigger_task(task)
    await system.until(run.id, RunStatus.RUNNING)
    lost = AttemptEnd(
        run_id=run.id, attempt=1, worker_id="w1", result=AttemptResult(ending=Ending.LOST, error="it was silent")
    )
    async with system.backend.context.database.transaction() as connection:
        await finish(connection, [lost], replica_id="test", max_lost_attempts=5)
    await system.broker.send(worker_queue("w1").name, WORKER_COMMANDS.encode(Revoke([lost.ref])))
    [fault] = await system.until_events(lambda: survivors(system), bool, topic=StreamTopic.WORKERS)
    [pid] = unkillable
    assert (fault.object_type, fault.object_id) == ("run", str(run.id))
    assert f"could not end process {pid} (sleep 60)" in fault.cause
    run = await system.client.get_run(run.id)
    assert run.status is RunStatus.FAILED
    assert "it was silent" in (run.error or ""), "the result of the attempt does not count"
    await ends(system, pid)


async def ends(system: System, pid: int) -> None:
    """End a survivor, after which its fault is removed."""
    os.kill(pid, signal.SIGKILL)
    assert (
        await system.until_events(lambda: survivors(system), lambda found: not found, topic=StreamTopic.WORKERS) == []
    )
