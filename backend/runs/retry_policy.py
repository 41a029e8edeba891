"""Which failures of a run are retried, and when."""

from dataclasses import dataclass
from datetime import timedelta

from shared.enums import OnWorkerLost, RetryBackoff

FIXED_SPREAD = 0.1
"""Share of a fixed delay that is added at random: runs that failed together do not return together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """What a task says about failures. `total_time` runs from the first dispatch; None has no limit."""

    count: int
    delay: timedelta
    max_delay: timedelta
    backoff: RetryBackoff
    on_worker_lost: OnWorkerLost
    exit_codes: frozenset[int] | None = None
    http_statuses: frozenset[int] | None = None
    on_timeout: bool = True
    total_time: timedelta | None = None
    queue_timeout: timedelta | None = None

    def covers(self, *, is_timeout: bool, exit_code: int | None, http_status: int | None) -> bool:
        """Whether a failure of this kind is retried; without conditions every one is.

        A request without an answer has no status: where only statuses are named, it is retried.
        """
        if is_timeout:
            return self.on_timeout
        if self.exit_codes is None and self.http_statuses is None:
            return True
        if self.exit_codes is None and http_status is None:
            return True
        return exit_code in (self.exit_codes or ()) or http_status in (self.http_statuses or ())

    def delay_after(self, failures: int, *, chance: float) -> timedelta:
        """Return the delay after the `failures`-th failure (from 1); `chance` is uniform in [0, 1).

        Exponential: "full jitter", uniform between nothing and delay · 2^(failures-1), capped; it spreads a
        crowd of retries best (M. Brooker, "Exponential backoff and jitter"). Fixed: the delay, and up to a
        tenth more.
        """
        if self.backoff is RetryBackoff.FIXED:
            return min(self.max_delay, self.delay * (1 + FIXED_SPREAD * chance))
        # 2^100 exceeds every maximum; a larger power would overflow a float.
        longest = min(self.max_delay.total_seconds(), self.delay.total_seconds() * 2.0 ** min(failures - 1, 100))
        return timedelta(seconds=longest) * chance

    def expires_in(self, delay: timedelta, *, tried_for: timedelta) -> timedelta | None:
        """Return how long a retry after `delay` may wait in the queue, from now; None where nothing limits it."""
        limits = []
        if self.queue_timeout is not None:
            limits.append(delay + self.queue_timeout)
        if self.total_time is not None:
            limits.append(self.total_time - tried_for)
        return min(limits, default=None)


NO_RETRIES = RetryPolicy(
    count=0,
    delay=timedelta(),
    max_delay=timedelta(),
    backoff=RetryBackoff.FIXED,
    on_worker_lost=OnWorkerLost.RETRY,
)
"""For an attempt that succeeded: its task's policy decides nothing, and is not read."""
