"""Why a run has not started."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.runs.limits import HeldRun, Hold, Room, decide_release
from backend.runs.waiting import UnmetEdge, WaitingFacts, decide_waiting, refusal_to_move
from shared.enums import DependencyCondition, DependencyWindow, RunStatus, WaitingCode

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def facts(**fields: Any) -> WaitingFacts:
    return WaitingFacts(**{"status": RunStatus.PENDING, "now": NOW, **fields})


def edge(name: str, **fields: Any) -> UnmetEdge:
    return UnmetEdge(
        **{
            "task_id": 1,
            "task_name": name,
            "condition": DependencyCondition.SUCCESS,
            "window": DependencyWindow.LATEST,
            **fields,
        }
    )


FULL = Room(2, 2)
OPEN = Room(0, 2)


@pytest.mark.parametrize(
    ("known", "code", "says"),
    [
        (facts(slots=4, taken=4), WaitingCode.SLOT, "waits for a free slot: 4 of 4 are in use"),
        (facts(slots=4, taken=9), WaitingCode.SLOT, "4 of 4"),
        (facts(slots=4, taken=4, ahead=3), WaitingCode.SLOT, "in use, 3 go before it"),
        (facts(slots=4, taken=4, ahead=1), WaitingCode.SLOT, "one run goes before it"),
        (facts(unschedulable="unschedulable: no worker is online"), WaitingCode.UNSCHEDULABLE, "no worker is online"),
        (facts(hold=Hold.LIMIT, task=FULL), WaitingCode.TASK_LIMIT, "its task: 2 of at most 2 at once"),
        (
            facts(hold=Hold.LIMIT, task=OPEN, group_name="db", group=FULL),
            WaitingCode.GROUP_LIMIT,
            "group db: 2 of at most 2",
        ),
        (
            facts(hold=Hold.LIMIT, group_name="mails", group=Room(0, None, 0), group_wait=timedelta(seconds=30)),
            WaitingCode.RATE,
            "rate of the concurrency group mails, not before 2026-11-25 03:00:30 UTC",
        ),
        (facts(hold=Hold.OVERLAP, task=Room(1)), WaitingCode.OVERLAP, "last run of its task"),
        (facts(hold=Hold.OVERLAP, task=Room(0)), WaitingCode.TURN, "let through"),
        (facts(hold=Hold.BACKFILL, task=OPEN, backfill=FULL), WaitingCode.BACKFILL, "backfill: 2 of 2 at once"),
        (facts(hold=Hold.LIMIT, task=OPEN), WaitingCode.TURN, "let through"),
        (
            facts(hold=Hold.DELAY, not_before=NOW + timedelta(minutes=1), attempt=2),
            WaitingCode.RETRY_DELAY,
            "its try 3, not before 2026-11-25 03:01:00 UTC",
        ),
        (facts(hold=Hold.EXPAND), WaitingCode.EXPANDING, "its group"),
        (facts(hold=Hold.EXPAND, unschedulable="unschedulable: x"), WaitingCode.UNSCHEDULABLE, "x"),
        (
            facts(
                status=RunStatus.BLOCKED,
                upstreams=[
                    edge("orders", last_status=RunStatus.TIMED_OUT),
                    edge("hourly", window=DependencyWindow.PERIOD, condition=DependencyCondition.COMPLETION),
                ],
            ),
            WaitingCode.UPSTREAMS,
            "waits for orders to succeed (last: timed out), and for every run of hourly in its period to end",
        ),
        (facts(status=RunStatus.BLOCKED), WaitingCode.UPSTREAMS, "dispatcher looks"),
    ],
)
def test_the_reason_names_what_is_closed(known: WaitingFacts, code: WaitingCode, says: str) -> None:
    reason = decide_waiting(known)
    assert reason is not None
    assert reason.code is code
    assert says in reason.text


@pytest.mark.parametrize("status", [status for status in RunStatus if status not in ("blocked", "pending")])
def test_what_has_started_waits_for_nothing(status: RunStatus) -> None:
    assert decide_waiting(facts(status=status)) is None


rooms = st.builds(
    Room,
    st.integers(0, 3),
    st.none() | st.integers(1, 3),
    st.none() | st.integers(0, 2),
)


@given(
    hold=st.sampled_from([Hold.LIMIT, Hold.OVERLAP, Hold.BACKFILL]),
    task=st.builds(Room, st.integers(0, 3), st.none() | st.integers(1, 3)),
    group=rooms,
    backfill=st.builds(Room, st.integers(0, 3), st.integers(1, 3)),
)
def test_the_reason_is_a_turn_exactly_where_the_gate_lets_the_run_through(
    hold: Hold, task: Room, group: Room, backfill: Room
) -> None:
    reason = decide_waiting(facts(hold=hold, task=task, group_name="g", group=group, backfill=backfill))
    assert reason is not None
    run = HeldRun(1, 1, hold, 0, "g", 1)
    released = decide_release([run], tasks={1: task}, groups={"g": group}, backfills={1: backfill})
    assert (reason.code is WaitingCode.TURN) == (released == [1])


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (None, "There is no run 7"),
        (RunStatus.RUNNING, "has started already"),
        (RunStatus.DISPATCHED, "has started already"),
        (RunStatus.SUCCEEDED, "has ended already: it is succeeded"),
        (RunStatus.PENDING, None),
        (RunStatus.BLOCKED, None),
    ],
)
def test_only_what_waits_has_a_place_to_change(status: RunStatus | None, says: str | None) -> None:
    refusal = refusal_to_move(7, status)
    assert refusal is None if says is None else refusal is not None and says in refusal
