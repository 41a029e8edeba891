"""The sizes of measures, which the environment scales: TASKDECK_BENCH_<NAME>."""

import os

PREFIX = "TASKDECK_BENCH_"


def size(name: str, default: int) -> int:
    """Return a size: that of the environment, or the default, with which figures are published."""
    text = os.environ.get(PREFIX + name)
    if text is None:
        return default
    if not text.isdecimal() or int(text) == 0:
        raise SystemExit(f"{PREFIX}{name} is {text!r}; it must be a whole number above 0, such as {default}.")
    return int(text)
