"""Times counted in buckets that grow by a constant factor: small, mergeable, and exact enough for percentiles."""

import math
from collections.abc import Mapping

PER_OCTAVE = 8
"""Buckets in each doubling: a percentile is off by at most 4.5 %."""

HIGHEST = 40 * PER_OCTAVE


def bucket_of(milliseconds: float) -> int:
    """Return the bucket of a time; all below a millisecond share the first."""
    return min(max(math.floor(PER_OCTAVE * math.log2(max(milliseconds, 1.0))), 0), HIGHEST)


def value_of(bucket: int) -> float:
    """Return the milliseconds that a bucket stands for: its geometric middle."""
    return float(2 ** ((bucket + 0.5) / PER_OCTAVE))


def percentile(counts: Mapping[int, int], share: float) -> float | None:
    """Return the milliseconds below which a `share` of the counted times lie; None without any."""
    total = sum(counts.values())
    if total == 0:
        return None
    rank = max(math.ceil(share * total), 1)
    seen = 0
    for bucket in sorted(counts):
        seen += counts[bucket]
        if seen >= rank:
            return value_of(bucket)
    raise AssertionError("the rank lies within the total")
