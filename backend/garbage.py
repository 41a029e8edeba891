"""Settings of the garbage collector for the backend's processes."""

import ctypes
import gc
import sys

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
    _return_memory()
    gc.freeze()
    gc.enable()
    gc.set_threshold(_YOUNG_OBJECTS, _YOUNG_COLLECTIONS, _MIDDLE_COLLECTIONS)


def _return_memory() -> None:
    """Return to the kernel what imports and the start took and have freed, where the C library is glibc."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
