"""Which held runs the limits release, and what an occurrence does while another run of its task is not over."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.runs.limits import HeldRun, Hold, OccurrenceFate, Room, decide_overlap, decide_release
from shared.enums import OverlapPolicy


@pytest.mark.parametrize(
    ("policy", "busy", "waiting", "fate"),
    [
        *((policy, False, False, OccurrenceFate.READY) for policy in OverlapPolicy),
        (OverlapPolicy.ALLOW, True, True, OccurrenceFate.READY),
        (OverlapPolicy.SKIP, True, False, OccurrenceFate.SKIP),
        (OverlapPolicy.REPLACE, True, False, OccurrenceFate.REPLACE),
        (OverlapPolicy.QUEUE, True, False, OccurrenceFate.WAIT),
        (OverlapPolicy.QUEUE, True, True, OccurrenceFate.SKIP),
        (OverlapPolicy.QUEUE_ALL, True, True, OccurrenceFate.WAIT),
    ],
)
def test_overlap(policy: OverlapPolicy, busy: bool, waiting: bool, fate: OccurrenceFate) -> None:
    assert decide_overlap(policy, is_busy=busy, has_waiting_occurrence=waiting) is fate


def test_occurrences_that_are_made_up_for_all_wait_their_turn() -> None:
    fate = decide_overlap(OverlapPolicy.QUEUE, is_busy=True, has_waiting_occurrence=True, is_made_up_for=True)
    assert fate is OccurrenceFate.WAIT


@given(
    st.lists(st.sampled_from([Hold.LIMIT, Hold.OVERLAP])), st.integers(0, 5), st.one_of(st.none(), st.integers(1, 5))
)
def test_a_limit_is_never_passed_and_an_overlap_waits_for_the_last(
    holds: list[Hold], busy: int, limit: int | None
) -> None:
    held = [HeldRun(n, 1, hold, rank=n) for n, hold in enumerate(holds)]
    released = decide_release(held, tasks={1: Room(busy, limit)}, concurrency_groups={}, backfills={})
    assert released == sorted(released)
    if limit is not None:
        assert len(released) <= max(0, limit - busy)
    overlapping = [n for n in released if holds[n] is Hold.OVERLAP]
    assert len(overlapping) <= 1
    assert not overlapping or (busy == 0 and released[0] == overlapping[0])


ROOM = st.builds(
    Room, st.integers(0, 4), st.one_of(st.none(), st.integers(1, 5)), st.one_of(st.none(), st.integers(0, 5))
)


@given(
    st.lists(
        st.tuples(
            st.integers(1, 3),
            st.sampled_from([Hold.LIMIT, Hold.OVERLAP]),
            st.sampled_from([None, "db", "net"]),
            st.sampled_from([None, 7]),
        ),
        max_size=25,
    ),
    st.fixed_dictionaries({1: ROOM, 2: ROOM}),
    st.fixed_dictionaries({"db": ROOM, "net": ROOM}),
    ROOM,
)
def test_shared_limits_and_rates_hold_together_and_let_go_all_that_fits(
    runs: list[tuple[int, Hold, str | None, int | None]],
    tasks: dict[int, Room],
    groups: dict[str, Room],
    backfill: Room,
) -> None:
    held = [HeldRun(n, task, hold, n, group, filling) for n, (task, hold, group, filling) in enumerate(runs)]
    before = copy.deepcopy((tasks, groups, backfill))
    released = decide_release(held, tasks=tasks, concurrency_groups=groups, backfills={7: backfill})
    was_tasks, was_groups, was_backfill = before
    every = [
        *((was_tasks[key], tasks[key]) for key in tasks),
        *((was_groups[key], groups[key]) for key in groups),
        (was_backfill, backfill),
    ]
    for was, room in every:
        gone = room.busy - was.busy
        assert room.limit is None or gone <= max(0, room.limit - was.busy)
        assert was.starts_left is None or gone <= was.starts_left
    for run in held:
        if run.id not in released and run.hold is Hold.LIMIT:
            rooms = [
                tasks.get(run.task_id),
                groups.get(run.concurrency_group or ""),
                backfill if run.backfill_id else None,
            ]
            assert any(room is not None and room.is_full for room in rooms), "it could have gone"
