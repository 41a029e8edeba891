"""The child runs of a fan-out, and its outcome."""

from hypothesis import given
from hypothesis import strategies as st

from backend.runs.fan_out_plan import child_runs, decide_outcome, worker_of
from backend.workers.placement import placement
from shared.enums import RunDistribution, RunStatus

COUNTS = st.dictionaries(st.sampled_from(RunStatus), st.integers(1, 5), min_size=1)


@given(COUNTS, st.booleans())
def test_a_fan_out_has_one_outcome_when_all_child_runs_have_theirs(
    counts: dict[RunStatus, int], cancelled: bool
) -> None:
    outcome = decide_outcome(counts, cancel_requested=cancelled)
    if any(not status.is_final for status in counts):
        assert outcome is None
        return
    assert outcome is not None
    assert outcome.status.is_final
    assert (outcome.status is RunStatus.SUCCEEDED) == (set(counts) == {RunStatus.SUCCEEDED})
    assert (outcome.error is None) == (outcome.status is RunStatus.SUCCEEDED)


def test_a_sharded_run_has_numbered_shards_and_a_broadcast_one_run_for_each_worker() -> None:
    shards = child_runs(RunDistribution.SHARDED, parent_placement="shell", shard_count=3, worker_ids=[])
    assert [(one.index, one.placement) for one in shards] == [(0, "shell"), (1, "shell"), (2, "shell")]
    key = placement("shell", {"zone": "a"})
    broadcast = child_runs(RunDistribution.BROADCAST, parent_placement=key, shard_count=None, worker_ids=["w2", "w1"])
    assert [worker_of(one.placement) for one in broadcast] == ["w1", "w2"]
    assert child_runs(RunDistribution.BROADCAST, parent_placement=key, shard_count=None, worker_ids=[]) == []
    assert worker_of("shell") is None
