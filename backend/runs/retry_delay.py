"""How long a run waits before it is tried again."""

from datetime import timedelta

from shared.enums import RetryBackoff

FIXED_SPREAD = 0.1
"""Share of a fixed delay that is added at random, so that what failed together does not return together."""


def retry_delay(failures: int, *, base: timedelta, most: timedelta, backoff: RetryBackoff, chance: float) -> timedelta:
    """Return the delay after the `failures`-th failure (from 1); `chance` is uniform in [0, 1).

    Exponential: "full jitter", uniform between nothing and base · 2^(failures-1), capped; it spreads a
    crowd of retries best (M. Brooker, "Exponential backoff and jitter"). Fixed: the delay, and up to a
    tenth more.
    """
    if backoff is RetryBackoff.FIXED:
        return min(most, base * (1 + FIXED_SPREAD * chance))
    longest = min(most.total_seconds(), base.total_seconds() * 2.0 ** min(failures - 1, 100))
    return timedelta(seconds=longest) * chance
