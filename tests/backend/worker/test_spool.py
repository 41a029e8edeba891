"""What a worker finds of its last incarnation, however that ended."""

from pathlib import Path

from backend.broker.messages import AttemptEnd, AttemptRef, AttemptResult, Ending
from backend.worker.process_mark import ProcessMark
from backend.worker.spool import FILE_NAME, BegunAttempt, Spool, StartedProcess

STARTED = StartedProcess(AttemptRef(1, 1), ProcessMark.make(), 1000.0)
ENDED = AttemptEnd(run_id=2, attempt=3, result=AttemptResult(ending=Ending.FAILED, error="exit code 3", exit_code=3))


def test_processes_and_results_are_found_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.started(STARTED)
    spool.finished([ENDED])
    spool.close()
    found = Spool(tmp_path).predecessor
    assert (found.processes, found.results) == ((STARTED,), (ENDED,))


def test_what_was_acknowledged_is_forgotten(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.started(STARTED)
    spool.finished([ENDED])
    spool.acknowledged([ENDED.ref])
    assert Spool(tmp_path).predecessor.results == ()
    spool.acknowledged([STARTED.ref])
    assert (tmp_path / FILE_NAME).read_bytes() == b"", "nothing is left to remember"


def test_results_are_kept_when_the_processes_have_been_ended(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.started(STARTED)
    spool.finished([ENDED])
    Spool(tmp_path).forget_predecessor_processes()
    found = Spool(tmp_path).predecessor
    assert (found.processes, found.results) == ((), (ENDED,))


def test_a_line_that_was_not_written_whole_costs_no_other(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.finished([ENDED])
    with (tmp_path / FILE_NAME).open("ab") as file:
        file.write(b'{"kind":"finished","end":{"run_')
    assert Spool(tmp_path).predecessor.results == (ENDED,)


def test_a_closed_spool_touches_no_file_and_may_be_closed_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.close()
    other = (tmp_path / "other").open("wb")  # has the number that the spool had
    other.write(b"content")
    other.flush()
    spool.close()
    spool.finished([ENDED])
    spool.acknowledged([ENDED.ref])
    assert (tmp_path / "other").read_bytes() == b"content"
    other.close()


def test_attempts_that_began_and_have_no_result_are_found_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    lost, ended = BegunAttempt(AttemptRef(1, 1), 1000.0), BegunAttempt(ENDED.ref, 1000.0)
    spool.began([lost])
    spool.began([ended])
    spool.finished([ENDED])
    spool.close()
    assert Spool(tmp_path).predecessor.began == (lost,)
    spool = Spool(tmp_path)
    spool.acknowledged([lost.ref])
    assert Spool(tmp_path).predecessor.began == (), "a revoked attempt is forgotten"
