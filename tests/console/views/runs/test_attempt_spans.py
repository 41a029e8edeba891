from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from console.views.runs.attempt_spans import attempt_spans, extent
from shared.enums import RunStatus, RunTrigger
from shared.models.run import Attempt, Run

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def at(second: float) -> datetime:
    return NOW + timedelta(seconds=second)


def a_run(status: RunStatus, **fields: object) -> Run:
    facts: dict[str, object] = {
        "id": 1,
        "task_id": 1,
        "task_name": "t",
        "status": status,
        "trigger": RunTrigger.API,
        "queued_at": NOW,
    }
    return Run.model_validate(facts | fields)


def test_each_attempt_waits_since_the_one_before_ended() -> None:
    run = a_run(RunStatus.SUCCEEDED, attempt=2, completed_at=at(9))
    attempts = [
        Attempt(attempt=1, outcome="failed", dispatched_at=at(1), started_at=at(2), completed_at=at(3)),
        Attempt(attempt=2, outcome="succeeded", dispatched_at=at(6), started_at=at(7), completed_at=at(9)),
    ]
    first, second = attempt_spans(run, attempts)
    assert (first.queued, second.queued) == (at(0), at(3))
    assert extent([first, second], at(100)) == (at(0), at(9))


def test_a_run_that_waits_for_its_next_try_says_so() -> None:
    run = a_run(RunStatus.PENDING, attempt=1)
    attempts = [Attempt(attempt=1, outcome="failed", dispatched_at=at(1), started_at=at(2), completed_at=at(3))]
    spans = attempt_spans(run, attempts)
    assert [(span.number, span.outcome) for span in spans] == [(1, "failed"), (2, "pending")]
    assert extent(spans, at(10)) == (at(0), at(10))


def test_a_run_that_was_never_tried_has_one_span() -> None:
    [span] = attempt_spans(a_run(RunStatus.CANCELLED, completed_at=at(4)), [])
    assert (span.number, span.queued, span.ended, span.outcome) == (0, at(0), at(4), "cancelled")


@given(st.lists(st.tuples(*[st.none() | st.floats(0, 1000)] * 3), max_size=5))
def test_every_time_lies_on_the_axis(times: list[tuple[float | None, float | None, float | None]]) -> None:
    attempts = [
        Attempt(
            attempt=number + 1,
            outcome="lost",
            **{
                name: None if second is None else at(second)
                for name, second in zip(("dispatched_at", "started_at", "completed_at"), one, strict=True)
            },
        )
        for number, one in enumerate(times)
    ]
    spans = attempt_spans(a_run(RunStatus.RUNNING, attempt=len(attempts)), attempts)
    begin, end = extent(spans, at(2000))
    for span in spans:
        for moment in (span.queued, span.dispatched, span.started, span.ended):
            assert moment is None or begin <= moment <= end
