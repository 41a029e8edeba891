"""The shape of a set of numbers on a clock: all, one, every so many, from one to another, or a list."""

from collections.abc import Sequence
from dataclasses import dataclass

_LONGEST_LIST = 4


@dataclass(frozen=True, slots=True)
class Shape:
    """Sorted numbers of a field that has `size` of them from `low` on."""

    numbers: tuple[int, ...]
    low: int
    size: int

    @property
    def is_all(self) -> bool:
        """Whether every number is in it."""
        return len(self.numbers) == self.size

    @property
    def only(self) -> int | None:
        """The number, if there is just one."""
        return self.numbers[0] if len(self.numbers) == 1 else None

    @property
    def first(self) -> int:
        """The least number."""
        return self.numbers[0]

    @property
    def last(self) -> int:
        """The greatest number."""
        return self.numbers[-1]

    @property
    def step(self) -> int | None:
        """The distance from one number to the next, where all are the same and there are more than two."""
        distances = {later - former for former, later in zip(self.numbers, self.numbers[1:], strict=False)}
        return distances.pop() if len(distances) == 1 and len(self.numbers) > 2 else None

    @property
    def turn(self) -> int | None:
        """The step, where it goes on evenly from one turn of the field to the next, as */15 does among 60."""
        if self.step is not None and self.first - self.low + self.size - (self.last - self.low) == self.step:
            return self.step
        return None

    def stretches(self, *, shortest: int = 3) -> list[tuple[int, int]]:
        """Return rows of at least so many neighbours, and the others alone: (1, 5), (7, 7)."""
        found: list[tuple[int, int]] = []
        for number in self.numbers:
            if found and number == found[-1][1] + 1:
                found[-1] = (found[-1][0], number)
            else:
                found.append((number, number))
        return [
            part
            for first, last in found
            for part in (
                [(first, last)] if last - first + 1 >= shortest else [(one, one) for one in range(first, last + 1)]
            )
        ]


def listed(words: Sequence[str], *, comma: str, last: str) -> str:
    """Return words as a list: `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return comma.join(words[:-1]) + last + words[-1]


def shortened(words: Sequence[str], *, is_even: bool) -> list[str]:
    """Return all the words, or three and the last of a long row whose distances are all the same."""
    if not is_even or len(words) <= _LONGEST_LIST + 1:
        return list(words)
    return [*words[:3], "…", words[-1]]
