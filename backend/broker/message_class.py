"""The decorator of messages: dataclasses that nobody changes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as message
else:

    def message(*, frozen: bool, slots: bool, kw_only: bool = False):
        """Return a decorator; its dataclasses are frozen for the type checker, and not while the program runs.

        A frozen dataclass sets each field by a call, which makes an instance three times as slow to make: ten of them
        are made for each run, a fifth of the worker's time for a short one.
        """
        assert frozen
        return dataclass(slots=slots, kw_only=kw_only, unsafe_hash=True)


__all__ = ["message"]
