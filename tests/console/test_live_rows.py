from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from console.views.overview.series import nearest, segments, summarise
from console.views.runs.live_rows import MOST_ROWS, RunFilter, merge
from shared.enums import Priority, RunStatus, RunTrigger
from shared.models.run import Run
from shared.models.system import QueueSample

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def a_run(run_id: int, status: RunStatus = RunStatus.PENDING, task_id: int = 1) -> Run:
    return Run(id=run_id, task_id=task_id, task_name="t", status=status, trigger=RunTrigger.API, queued_at=NOW)


def a_sample(second: int, *, normal: int = 0, high: int = 0, failed: int = 0) -> QueueSample:
    depth = {Priority.NORMAL: normal, Priority.HIGH: high}
    return QueueSample(
        at=NOW + timedelta(seconds=second), by_priority=depth, waiting=normal + high, in_flight=0, failed=failed
    )


def test_a_shown_run_changes_in_place() -> None:
    merged = merge([a_run(2), a_run(1)], {}, [a_run(1, RunStatus.RUNNING)], RunFilter(), takes_new=False)
    assert [(run.id, run.status) for run in merged.shown] == [(2, RunStatus.PENDING), (1, RunStatus.RUNNING)]
    assert merged.waiting == {}


def test_new_runs_wait_while_somebody_reads() -> None:
    merged = merge([a_run(1)], {}, [a_run(2), a_run(3)], RunFilter(), takes_new=False)
    assert [run.id for run in merged.shown] == [1]
    assert set(merged.waiting) == {2, 3}
    taken = merge(merged.shown, merged.waiting, [], RunFilter(), takes_new=True)
    assert ([run.id for run in taken.shown], taken.waiting) == ([3, 2, 1], {})


def test_a_run_that_is_not_looked_for_stays_away() -> None:
    wanted = RunFilter(frozenset({RunStatus.FAILED}), task_id=1)
    heard = [a_run(2, RunStatus.FAILED, task_id=9), a_run(3, RunStatus.SUCCEEDED), a_run(4, RunStatus.FAILED)]
    assert [run.id for run in merge([], {}, heard, wanted, takes_new=True).shown] == [4]


@given(
    st.lists(st.tuples(st.integers(1, 30), st.sampled_from(RunStatus)), max_size=60),
    st.lists(st.booleans(), min_size=1, max_size=10),
)
def test_the_table_holds_the_last_state_of_every_run_once(
    heard: list[tuple[int, RunStatus]], takes: list[bool]
) -> None:
    shown: list[Run] = []
    waiting: dict[int, Run] = {}
    last: dict[int, RunStatus] = {}
    for place, (run_id, status) in enumerate(heard):
        merged = merge(shown, waiting, [a_run(run_id, status)], RunFilter(), takes_new=takes[place % len(takes)])
        shown, waiting = merged.shown, merged.waiting
        last[run_id] = status
    shown = merge(shown, waiting, [], RunFilter(), takes_new=True).shown
    assert {run.id: run.status for run in shown} == last
    assert [run.id for run in shown] == sorted(last, reverse=True)


def test_the_table_does_not_grow_for_ever() -> None:
    merged = merge([], {}, [a_run(number) for number in range(1, MOST_ROWS + 50)], RunFilter(), takes_new=True)
    assert len(merged.shown) == MOST_ROWS
    assert merged.shown[0].id == MOST_ROWS + 49


def test_areas_stack_and_break_at_a_gap() -> None:
    found = segments([a_sample(0, normal=3, high=1), a_sample(5, normal=2), a_sample(60, high=4)], step_seconds=5)
    assert [len(segment.times) for segment in found] == [2, 1]
    assert [tops[0] for tops in found[0].tops] == [0, 3, 4, 4]


def test_a_span_is_summed_up() -> None:
    samples = [a_sample(0, normal=3, failed=1), a_sample(5, normal=9, failed=2), a_sample(50, normal=100, failed=9)]
    found = summarise(samples, NOW, NOW + timedelta(seconds=10))
    assert (found.most_waiting, found.failed) == (9, 3)


def test_nothing_is_read_in_a_gap() -> None:
    samples = [a_sample(0), a_sample(60)]
    assert nearest(samples, NOW.timestamp() + 30, within_seconds=12) is None
    assert nearest(samples, NOW.timestamp() + 55, within_seconds=12) is samples[1]
