"""Which processes a worker could not end, and when they have ended."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.broker.messages import AttemptEnd, AttemptRef, AttemptResult, Ending, SurvivingProcess, processes_in_words
from backend.faults.survivors import processes_survived
from backend.worker.survivors import FILE_NAME, Survivors, surviving_processes

FIRST, SECOND = AttemptRef(7, 1), AttemptRef(8, 2)


@pytest.fixture
def process() -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen(["sleep", "600"]) as one:
        yield one
        one.kill()


def test_a_process_is_named_with_its_command(process: "subprocess.Popen[bytes]") -> None:
    assert surviving_processes([process.pid, 2**22 + 1]) == [
        SurvivingProcess(pid=process.pid, command="sleep 600"),
        SurvivingProcess(pid=2**22 + 1),
    ]
    assert [one.words for one in surviving_processes([process.pid])] == [f"{process.pid} (sleep 600)"]


def test_of_many_processes_ten_are_named() -> None:
    many = surviving_processes(range(2**22 + 1, 2**22 + 1001))
    assert len(many) == 100, "as many as are reported"
    assert processes_in_words(many[:1]) == f"process {2**22 + 1}"
    assert processes_in_words(many[:2]) == f"processes {2**22 + 1}, {2**22 + 2}"
    assert processes_in_words(many).endswith(f"{2**22 + 10} and 90 more")
    pids = [one.pid for one in many]
    end = AttemptEnd(run_id=1, attempt=1, result=AttemptResult(ending=Ending.FAILED), survivors=pids)
    cause = processes_survived(end).cause
    assert f"{pids[9]} and 90 more, which are still running" in cause, "of a worker that sends the ids alone"


def test_an_attempt_has_ended_with_all_of_its_processes(process: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "600"]) as other:
        survivors = Survivors(tmp_path)
        survivors.add(FIRST, surviving_processes([process.pid, other.pid]))
        survivors.add(SECOND, surviving_processes([process.pid]))
        assert survivors.ended() == []
        other.kill()
    assert survivors.ended() == []
    process.kill()
    process.wait()
    assert survivors.ended() == survivors.ended() == [FIRST, SECOND]


def test_the_next_incarnation_knows_them(process: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    Survivors(tmp_path).add(FIRST, surviving_processes([process.pid]))
    again = Survivors(tmp_path)
    assert again.ended() == []
    process.kill()
    process.wait()
    assert Survivors(tmp_path).ended() == again.ended() == [FIRST]


def test_a_process_that_nobody_waited_for_has_ended(process: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    survivors = Survivors(tmp_path)
    survivors.add(FIRST, surviving_processes([process.pid]))
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert survivors.ended() == [FIRST]


def test_a_file_that_cannot_be_read_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("nonsense")
    assert Survivors(tmp_path).ended() == []


def test_so_many_attempts_are_watched(tmp_path: Path) -> None:
    survivors = Survivors(tmp_path)
    for number in range(150):
        survivors.add(AttemptRef(number, 1), [])
    assert survivors.ended() == [AttemptRef(number, 1) for number in range(50, 150)]
