"""Rows that stay where they are while a person points at them: pure, so that it can be tested."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class StillRows(Generic[R]):
    """The rows to show now, and how many changes wait until the list may move."""

    rows: list[R]
    changes: int


def keep_still(
    shown: Sequence[R],
    fresh: Sequence[R],
    *,
    key: Callable[[R], Hashable],
    gone: Callable[[R], R] = lambda row: row,
) -> StillRows[R]:
    """Return the rows that are shown, each where it is, with its state in `fresh`.

    Rows that have left are shown as `gone` returns them; new ones wait.
    """
    newest = {key(row): row for row in fresh}
    rows = [newest[key(row)] if key(row) in newest else gone(row) for row in shown]
    stayed = [key(row) for row in shown if key(row) in newest]
    known = set(stayed)
    new, left = len(newest) - len(known), len(shown) - len(stayed)
    has_moved = [one for one in newest if one in known] != stayed
    return StillRows(rows, new + left + int(has_moved))
