"""How long the evaluation of a schedule may compute; no schedule may hold a thread for longer."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

MOST_SECONDS = 2.0
"""Computing time for one schedule. Usual ones take a millisecond; a walk is far beyond any use after this."""

_ends_at: ContextVar[float | None] = ContextVar("effort_ends_at", default=None)


class TooMuchEffortError(ValueError):
    """The schedule takes too long to evaluate."""

    def __init__(self) -> None:
        super().__init__(
            "takes too long to evaluate. Use a schedule that is due less often, or shorten its blackouts and days off"
        )


@contextmanager
def effort_limit(seconds: float = MOST_SECONDS) -> Iterator[None]:
    """Raise `TooMuchEffortError` in walks of this block that compute for longer.

    The time is that of the thread's own computing: a busy machine makes no schedule too slow.
    """
    before = _ends_at.get()
    token = _ends_at.set(min(time.thread_time() + seconds, before if before is not None else float("inf")))
    try:
        yield
    finally:
        _ends_at.reset(token)


def check_effort() -> None:
    """Raise `TooMuchEffortError` if the time of the surrounding `effort_limit` is over; walks call it at each step."""
    end = _ends_at.get()
    if end is not None and time.thread_time() > end:
        raise TooMuchEffortError
