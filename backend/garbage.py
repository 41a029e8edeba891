"""Settings of the garbage collector for the backend's processes."""

import gc

_YOUNG_OBJECTS = 10_000
_YOUNG_COLLECTIONS = 20
_MIDDLE_COLLECTIONS = 20
"""Thresholds of the three generations, above Python's 700, 10, 10: a burst of runs creates many short-lived objects."""


def hold() -> None:
    """Disable collection while a process starts, because what its imports create stays alive. `settle` enables it."""
    gc.disable()


def settle() -> None:
    """Exclude all objects of a started process from later collections.

    A full collection of a backend took 30 ms, during which no request and no assignment was processed.
    """
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(_YOUNG_OBJECTS, _YOUNG_COLLECTIONS, _MIDDLE_COLLECTIONS)
