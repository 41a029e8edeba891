"""Why a run has not started."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.runs.limits import HeldRun, Hold, Room, decide_release
from backend.runs.waiting import UnmetEdge, WaitingFacts, decide_waiting
from backend.workers.assignment import Unschedulable
from shared.enums import DependencyCondition, DependencyWindow, RunStatus, UnschedulableCause, WaitingCode

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def facts(**fields: Any) -> WaitingFacts:
    return WaitingFacts(**{"status": RunStatus.PENDING, **fields})


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
NO_WORKER = Unschedulable(cause=UnschedulableCause.NO_WORKER, task_type="shell")


@pytest.mark.parametrize(
    ("known", "code", "text"),
    [
        (facts(), WaitingCode.SLOT, "Waiting for a free slot."),
        (facts(slots=4, taken=4), WaitingCode.SLOT, "Waiting for a free slot: 4 of 4 are in use."),
        (facts(slots=4, taken=9), WaitingCode.SLOT, "Waiting for a free slot: 4 of 4 are in use."),
        (facts(slots=4, taken=3, ahead=3), WaitingCode.SLOT, "3 of 4 are in use, 3 runs are ahead."),
        (facts(slots=4, taken=3, ahead=1), WaitingCode.SLOT, "3 of 4 are in use, 1 run is ahead."),
        (facts(unschedulable=NO_WORKER), WaitingCode.UNSCHEDULABLE, "no worker is online"),
        (
            facts(hold=Hold.LIMIT, task_room=FULL),
            WaitingCode.TASK_LIMIT,
            "Waiting: the task is at its limit of 2 concurrent runs.",
        ),
        (facts(hold=Hold.LIMIT), WaitingCode.TASK_LIMIT, "Waiting: the task is at its limit of concurrent runs."),
        (
            facts(hold=Hold.LIMIT, task_room=OPEN, concurrency_group="db", concurrency_group_room=FULL),
            WaitingCode.GROUP_LIMIT,
            "Waiting: the concurrency group db is at its limit of 2 concurrent runs.",
        ),
        (
            facts(hold=Hold.LIMIT, concurrency_group="db"),
            WaitingCode.GROUP_LIMIT,
            "Waiting: the task or its concurrency group db is at its limit.",
        ),
        (
            facts(
                hold=Hold.LIMIT,
                concurrency_group="mails",
                concurrency_group_room=Room(0, None, 0),
                rate_allows_at=NOW + timedelta(seconds=30),
            ),
            WaitingCode.RATE,
            "group mails is at its limit of starts per minute, not before 2026-11-25 03:00:30 UTC.",
        ),
        (
            facts(hold=Hold.OVERLAP, task_room=Room(1)),
            WaitingCode.OVERLAP,
            "the previous run of the task has not ended.",
        ),
        (facts(hold=Hold.OVERLAP), WaitingCode.OVERLAP, "the previous run of the task has not ended."),
        (facts(hold=Hold.OVERLAP, task_room=Room(0)), WaitingCode.TURN, "Next in line."),
        (
            facts(hold=Hold.BACKFILL, task_room=OPEN, backfill_room=FULL),
            WaitingCode.BACKFILL,
            "Waiting: the backfill is at its limit of 2 concurrent runs.",
        ),
        (facts(hold=Hold.BACKFILL), WaitingCode.BACKFILL, "Waiting for its turn in the backfill."),
        (facts(hold=Hold.LIMIT, task_room=OPEN), WaitingCode.TURN, "Next in line."),
        (
            facts(hold=Hold.DELAY, not_before=NOW + timedelta(minutes=1), attempt=2),
            WaitingCode.RETRY_DELAY,
            "Waiting for attempt 3, not before 2026-11-25 03:01:00 UTC.",
        ),
        (facts(hold=Hold.EXPAND), WaitingCode.EXPANDING, "Next in line: its child runs are being created."),
        (facts(hold=Hold.EXPAND, unschedulable=NO_WORKER), WaitingCode.UNSCHEDULABLE, "no worker is online"),
        (
            facts(
                status=RunStatus.BLOCKED,
                upstreams=[
                    edge("orders", last_status=RunStatus.TIMED_OUT),
                    edge("hourly", window=DependencyWindow.PERIOD, condition=DependencyCondition.COMPLETION),
                ],
            ),
            WaitingCode.UPSTREAMS,
            "Waiting for orders to succeed (last run: timed out) and for every run of hourly in its period to end.",
        ),
        (facts(status=RunStatus.BLOCKED), WaitingCode.UPSTREAMS, "Waiting for its upstream tasks."),
        (facts(status=RunStatus.BLOCKED, upstreams=[]), WaitingCode.TURN, "Next in line."),
    ],
)
def test_the_reason_names_what_holds_the_run(known: WaitingFacts, code: WaitingCode, text: str) -> None:
    reason = decide_waiting(known)
    assert reason is not None
    assert reason.code is code
    assert text in reason.text


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
    reason = decide_waiting(
        facts(hold=hold, task_room=task, concurrency_group="g", concurrency_group_room=group, backfill_room=backfill)
    )
    assert reason is not None
    run = HeldRun(1, 1, hold, 0, "g", 1)
    released = decide_release([run], tasks={1: task}, concurrency_groups={"g": group}, backfills={1: backfill})
    assert (reason.code is WaitingCode.TURN) == (released == [1])
