"""Groups of runs, periods, differences of versions, and what commands write of themselves."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.runs.fan_out_plan import decide_group, members, worker_of
from backend.tasks.dependency_conditions import decide_period
from backend.tasks.diff import diff
from backend.workers.placement import placement
from shared.enums import RunDistribution, RunStatus

COUNTS = st.dictionaries(st.sampled_from(RunStatus), st.integers(1, 5), min_size=1)


@given(COUNTS, st.booleans())
def test_a_group_has_one_outcome_when_all_have_theirs(counts: dict[RunStatus, int], cancelled: bool) -> None:
    outcome = decide_group(counts, cancel_requested=cancelled)
    if any(not status.is_final for status in counts):
        assert outcome is None
        return
    assert outcome is not None
    assert outcome.status.is_final
    assert (outcome.status is RunStatus.SUCCEEDED) == (set(counts) == {RunStatus.SUCCEEDED})
    assert (outcome.error is None) == (outcome.status is RunStatus.SUCCEEDED)


def test_the_members_of_groups() -> None:
    shards = members(RunDistribution.SHARDED, group_placement="shell", shard_count=3, worker_ids=[])
    assert [(one.index, one.placement) for one in shards] == [(0, "shell"), (1, "shell"), (2, "shell")]
    key = placement("shell", {"zone": "a"})
    broadcast = members(RunDistribution.BROADCAST, group_placement=key, shard_count=None, worker_ids=["w2", "w1"])
    assert [worker_of(one.placement) for one in broadcast] == ["w1", "w2"]
    assert members(RunDistribution.BROADCAST, group_placement=key, shard_count=None, worker_ids=[]) == []
    assert worker_of("shell") is None


HOURS = [datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in range(4)]


@pytest.mark.parametrize(
    ("expected", "made", "met", "is_met"),
    [
        (HOURS, 4, HOURS, True),
        (HOURS, 3, HOURS[:3], False),
        (HOURS, 4, HOURS[:3], False),
        (HOURS[2:], 4, HOURS, True),
        ([], 0, [], False),
        ([], 2, HOURS[:2], True),
    ],
)
def test_a_period_is_met_by_all_that_fell_in_it(
    expected: list[datetime], made: int, met: list[datetime], is_met: bool
) -> None:
    assert decide_period(expected=set(expected), made=made, met=set(met)) is is_met


def test_a_version_that_is_older_than_a_field_has_its_default() -> None:
    changes = diff({"name": "a", "command": "x"}, {"name": "a", "command": "y", "retry_on_timeout": True})
    assert [(one.field, one.before, one.after) for one in changes] == [("command", "x", "y")]
