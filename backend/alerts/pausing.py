"""Whether a task is paused because its runs fail."""

from collections.abc import Sequence


def should_pause(failures: Sequence[bool], *, after: int | None) -> bool:
    """Return whether the last `after` outcomes are failures; `failures` begins with the newest outcome."""
    return after is not None and len(failures) >= after and all(failures[:after])
