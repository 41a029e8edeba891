import math

from hypothesis import given
from hypothesis import strategies as st

from backend.runs.histogram import HIGHEST, PER_OCTAVE, percentile, value_of

TIMES = st.lists(st.floats(1.0, 604_800_000.0), min_size=1, max_size=200)


def bucket_of(milliseconds: float) -> int:
    """Return the bucket that the SQL of `timings.py` assigns."""
    return min(math.floor(PER_OCTAVE * math.log2(max(milliseconds, 1.0))), HIGHEST)


def counted(times: list[float]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for one in times:
        counts[bucket_of(one)] = counts.get(bucket_of(one), 0) + 1
    return counts


@given(TIMES, st.floats(0.01, 1.0))
def test_a_percentile_is_within_a_twentieth_of_the_true_one(times: list[float], share: float) -> None:
    true = sorted(times)[max(math.ceil(share * len(times)), 1) - 1]
    found = percentile(counted(times), share)
    assert found is not None
    assert abs(found - true) <= 0.05 * true


@given(TIMES, TIMES)
def test_histograms_of_two_spans_make_that_of_both(one: list[float], other: list[float]) -> None:
    both = counted(one)
    for bucket, runs in counted(other).items():
        both[bucket] = both.get(bucket, 0) + runs
    assert both == counted(one + other)


def test_no_runs_have_no_percentile_and_durations_below_a_millisecond_share_a_bucket() -> None:
    assert percentile({}, 0.5) is None
    assert percentile({bucket_of(0.0): 3}, 0.99) == value_of(0)
