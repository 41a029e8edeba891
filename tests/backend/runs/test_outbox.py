"""What listeners and the dispatcher learn of changed runs."""

import json
import operator
from datetime import UTC, datetime
from typing import Any, cast, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.context import ServiceContext
from backend.events.wakes import WakeReason
from backend.runs.limits import Hold
from backend.runs.model import RunChange, RunChangeKind, RunRow, read_run, to_run
from backend.runs.outbox import publish, run_event
from shared.enums import EventType, Priority, RunDistribution, RunStatus, RunTrigger
from shared.models.run import Run

NOW = datetime(2026, 11, 29, tzinfo=UTC)
RUNS_READY, FAN_OUT_READY = WakeReason.RUNS_READY, WakeReason.FAN_OUT_READY
CANCEL_REQUESTED = WakeReason.CANCEL_REQUESTED
OF_ONE_RUN = {"stdout_tail", "stderr_tail", "trace_id", "trace_url"}
INSTANTS = st.datetimes(
    datetime(1990, 1, 1),
    datetime(2100, 1, 1),
    timezones=st.just(UTC),
)
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)
STRATEGIES: dict[object, st.SearchStrategy[Any]] = {
    int: st.integers(0, 2**62),
    float: st.floats(0, 100),
    str: TEXTS,
    datetime: INSTANTS,
    Hold: st.sampled_from(Hold),
    RunStatus: st.sampled_from(RunStatus),
    RunTrigger: st.sampled_from(RunTrigger),
    Priority: st.sampled_from(Priority),
    RunDistribution: st.sampled_from(RunDistribution),
}


def _of(hint: Any) -> st.SearchStrategy[Any]:
    if hint in STRATEGIES:
        return STRATEGIES[hint]
    (kind,) = set(hint.__args__) - {type(None)}
    return st.none() | STRATEGIES[kind]


RUNS = st.builds(RunRow, **{name: _of(hint) for name, hint in get_type_hints(RunRow).items()})


def row(**fields: Any) -> RunRow:
    known: dict[str, Any] = dict.fromkeys(get_type_hints(RunRow))
    known |= {
        "id": 7,
        "task_id": 3,
        "task_name": "report",
        "task_version": 1,
        "attempt": 0,
        "status": RunStatus.PENDING,
        "trigger": RunTrigger.MANUAL,
        "priority": Priority.NORMAL,
        "placement": "noop",
        "queued_at": NOW,
    }
    return RunRow(**(known | fields))


class Recorder:
    """Stands where the publisher and the signals are."""

    def __init__(self) -> None:
        self.done: list[tuple[str, object]] = []

    def publish_encoded(self, kind: EventType, items: Any, encode: Any) -> None:
        self.done.append((kind, [json.loads(encode(item))["id"] for item in items]))

    def note(self, *_counted: object, count: int = 1) -> None:
        """Counts are tested with the metrics."""

    note_seconds = note

    def wake(self, *reasons: WakeReason, task_ids: set[int]) -> None:
        self.done.append(("wake", (set(reasons), task_ids)))


def published(*changes: RunChange) -> list[tuple[str, object]]:
    recorder = Recorder()
    parts = {"events": recorder, "signals": recorder, "counts": recorder}
    publish(cast("ServiceContext", type("Context", (), parts)), changes)
    return recorder.done


@given(RUNS)
def test_an_event_shows_what_the_api_shows(run: RunRow) -> None:
    assert json.loads(run_event(run)) == json.loads(to_run(run).model_dump_json(exclude=OF_ONE_RUN))


def test_an_event_has_every_field_of_a_run_but_those_of_its_detail() -> None:
    assert set(json.loads(run_event(row()))) == set(Run.model_fields) - OF_ONE_RUN


def test_a_row_may_have_more_columns_than_a_run_has() -> None:
    values = operator.attrgetter(*get_type_hints(RunRow))(row())
    stored = ["pending", None, "manual", 1, None, *values[5:]]

    assert read_run([*stored, {"TOKEN": "secret"}]) == row(priority=Priority.from_level(1))


@pytest.mark.parametrize(
    ("kind", "fields", "wake"),
    [
        (RunChangeKind.CREATED, {}, ({RUNS_READY}, set())),
        (RunChangeKind.CREATED, {"hold": Hold.LIMIT}, (set(), {3})),
        (RunChangeKind.CREATED, {"status": RunStatus.BLOCKED}, (set(), {3})),
        (
            RunChangeKind.CREATED,
            {"hold": Hold.EXPAND, "distribution": RunDistribution.SHARDED},
            ({FAN_OUT_READY}, set()),
        ),
        (RunChangeKind.MOVED, {"hold": Hold.OVERLAP}, (set(), {3})),
        (RunChangeKind.RETURNED, {}, ({RUNS_READY}, set())),
        (RunChangeKind.RETRYING, {}, ({RUNS_READY}, {3})),
        (RunChangeKind.CANCEL_REQUESTED, {"status": RunStatus.RUNNING}, ({CANCEL_REQUESTED}, set())),
        (
            RunChangeKind.CANCEL_REQUESTED,
            {"status": RunStatus.RUNNING, "distribution": RunDistribution.SHARDED},
            ({CANCEL_REQUESTED, FAN_OUT_READY}, set()),
        ),
        (RunChangeKind.FINISHED, {"status": RunStatus.CANCELLED}, (set(), {3})),
        (RunChangeKind.FINISHED, {"status": RunStatus.FAILED, "worker_id": "w"}, ({RUNS_READY}, {3})),
    ],
)
def test_the_dispatcher_is_woken_for_what_a_change_makes_possible(
    kind: RunChangeKind, fields: dict[str, Any], wake: tuple[set[WakeReason], set[int]]
) -> None:
    assert published(RunChange(kind, row(**fields)))[0] == ("wake", wake)


@pytest.mark.parametrize("kind", [RunChangeKind.DISPATCHED, RunChangeKind.STARTED, RunChangeKind.PROGRESSED])
def test_nothing_waits_for_a_run_that_goes_on(kind: RunChangeKind) -> None:
    assert "wake" not in dict(published(RunChange(kind, row(status=RunStatus.RUNNING))))


def test_events_keep_the_order_of_the_changes_after_one_wake() -> None:
    changes = [
        RunChange(RunChangeKind.STARTED, row(id=1, status=RunStatus.RUNNING)),
        RunChange(RunChangeKind.FINISHED, row(id=1, status=RunStatus.SUCCEEDED)),
        RunChange(RunChangeKind.FINISHED, row(id=2, status=RunStatus.SUCCEEDED)),
        RunChange(RunChangeKind.CREATED, row(id=3, status=RunStatus.SKIPPED)),
    ]

    wake, *events = published(*changes)

    assert wake == ("wake", (set(), {3}))
    assert events == [(EventType.RUN_STARTED, [1]), (EventType.RUN_FINISHED, [1, 2, 3])]


def test_nothing_is_published_where_nothing_changed() -> None:
    assert published() == []
