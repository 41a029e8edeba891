"""How long until a failed delivery is tried again."""

from datetime import timedelta

MOST_ATTEMPTS = 10
"""About six hours of attempts; then the delivery has failed."""
_FACTOR = 3
_LONGEST_DELAY = timedelta(hours=1)


def delivery_delay(attempts: int, *, first: timedelta) -> timedelta | None:
    """Return the delay after the given number of attempts, `first` after one; None: do not try again."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return min(_LONGEST_DELAY, first * float(_FACTOR ** (attempts - 1)))
