"""Reads rows one by one, so that one that cannot be read costs no other."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from backend.faults.model import ITEM_ERRORS, NewFault

R = TypeVar("R")
T = TypeVar("T")


def read_each(
    rows: Iterable[R], read: Callable[[R], T], *, fault: Callable[[R, Exception], NewFault]
) -> tuple[list[T], list[NewFault]]:
    """Return what `read` makes of each row, and the faults of those that it cannot read."""
    items: list[T] = []
    faults: list[NewFault] = []
    for row in rows:
        try:
            items.append(read(row))
        except ITEM_ERRORS as error:
            faults.append(fault(row, error))
    return items, faults
