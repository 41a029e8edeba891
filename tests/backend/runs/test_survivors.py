"""A process that its worker cannot end is named in the run and by the doctor."""

import os
import signal
from datetime import UTC, datetime

import pytest

from backend.cli import findings
from backend.worker import child_process
from shared.enums import FaultKind, RunStatus
from shared.models.fault import Fault
from tests.system import System


async def test_a_survivor_is_in_the_run_and_among_the_faults(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    groups: set[int] = set()
    await system.add_worker()
    monkeypatch.setattr(child_process, "KILL_SECONDS", 0.1)
    monkeypatch.setattr(child_process, "DRAIN_SECONDS", 0.1)
    with monkeypatch.context() as no_signals:
        no_signals.setattr(os, "killpg", lambda pid, _: groups.add(pid))
        run = await system.run("stubborn", command="exec sleep 60", timeout_seconds=1)
    [pid] = groups
    os.kill(pid, signal.SIGKILL)
    assert run.status is RunStatus.TIMED_OUT
    assert f"process {pid} could not be ended" in (run.error or "")
    answer = (await system.http.get("/api/system/faults")).json()["data"]
    [fault] = [fault for one in answer if (fault := Fault.model_validate(one)).kind is FaultKind.SURVIVED]
    assert (fault.object_type, fault.object_id) == ("run", str(run.id))
    [finding] = findings.faults([fault], now=datetime.now(UTC))
    assert (finding.what, finding.state) == ("Not ended", "warning")
    assert f"could not end process {pid}" in finding.detail
    assert f"kill -9 {pid}" in finding.detail
