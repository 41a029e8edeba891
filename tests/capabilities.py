"""A thread of root that may not signal the processes of other users, as a worker with fewer rights may not."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

_VERSION_3 = 0x20080522
_KILL = 1 << 5
"""CAP_KILL, from linux/capability.h."""
_WORDS, _EFFECTIVE = 6, 0
"""Twice the effective, permitted and inheritable capabilities: 0 to 31, then 32 to 63."""


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("thread", ctypes.c_int))


@contextmanager
def without_the_right_to_signal_others() -> Iterator[None]:
    """Take the capability from the calling thread until the block ends; the programs that it executes have it."""
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = _Header(_VERSION_3, 0), (ctypes.c_uint32 * _WORDS)()

    def call(name: str) -> None:
        if getattr(libc, name)(ctypes.byref(header), sets) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    call("capget")
    held = sets[_EFFECTIVE]
    sets[_EFFECTIVE] = held & ~_KILL
    call("capset")
    try:
        yield
    finally:
        sets[_EFFECTIVE] = held
        call("capset")
