"""Durations counted in buckets that grow by a constant factor: small, mergeable, exact enough for percentiles.

SQL assigns a duration to its bucket (`timings.py`).
"""

import math
from collections.abc import Mapping

PER_OCTAVE = 8
"""Buckets in each doubling: a percentile is off by at most 4.5 %."""

HIGHEST = 40 * PER_OCTAVE
"""The last bucket: 2^40 ms, 35 years, is longer than any run."""


def value_of(bucket: int) -> float:
    """Return the duration of a bucket in milliseconds: its geometric mean."""
    return float(2 ** ((bucket + 0.5) / PER_OCTAVE))


def percentile(counts: Mapping[int, int], share: float) -> float | None:
    """Return the percentile `share` (0 to 1) of the counted durations in milliseconds; None without any."""
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
