"""How slow this machine is now: for the few tests whose subject is that something does not hold a loop for long."""

import timeit

_REFERENCE_SECONDS = 0.02
"""What the work below takes on a machine that has nothing else to do."""


def slowness() -> float:
    """Return how many times longer a fixed piece of work takes than it should; 1 where it takes less."""
    taken = max(timeit.repeat("sum(number for number in range(300_000))", number=1, repeat=5))
    return max(1.0, taken / _REFERENCE_SECONDS)
