"""A process that its worker cannot end is named in the run and by the doctor."""

import os
import signal
from datetime import UTC, datetime

import pytest

from backend.cli import findings
from backend.worker import child_process
from shared.enums import FaultKind, RunStatus, StreamTopic
from shared.models.fault import Fault
from tests.system import System


async def survivors(system: System) -> list[Fault]:
    answer = (await system.http.get("/api/system/faults")).json()["data"]
    return [fault for one in answer if (fault := Fault.model_validate(one)).kind is FaultKind.SURVIVED]


async def test_a_survivor_is_in_the_run_and_among_the_faults(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    groups: set[int] = set()
    await system.add_worker()
    monkeypatch.setattr(child_process, "KILL_SECONDS", 0.1)
    monkeypatch.setattr(child_process, "DRAIN_SECONDS", 0.1)
    with monkeypatch.context() as no_signals:
        no_signals.setattr(os, "killpg", lambda pid, _: groups.add(pid))
        run = await system.run("stubborn", command="exec sleep 60", timeout_seconds=1)
    [pid] = groups
    assert run.status is RunStatus.TIMED_OUT
    assert f"process {pid} (sleep 60) could not be ended" in (run.error or "")
    [fault] = await survivors(system)
    assert (fault.object_type, fault.object_id) == ("run", str(run.id))
    [finding] = findings.faults([fault], now=datetime.now(UTC))
    assert (finding.what, finding.state) == ("Not ended", "warning")
    assert f"could not end process {pid} (sleep 60)" in finding.detail
    assert f"kill -9 {pid}" in finding.detail
    os.kill(pid, signal.SIGKILL)
    assert (
        await system.until_events(lambda: survivors(system), lambda found: not found, topic=StreamTopic.WORKERS) == []
    )
