"""What the signed file announces, and what it means for this installation."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_COMMENT = re.compile(r"taskdeck (\d{1,5}(?:\.\d{1,5}){2}) (\d{4}-\d{2}-\d{2})")
_VERSION = re.compile(r"(\d{1,5})\.(\d{1,5})\.(\d{1,5})")


class Verdict(StrEnum):
    """What was found; the last two say that nothing is known."""

    NEWER = "newer"
    CURRENT = "current"
    AHEAD = "ahead"
    """This installation is newer than the newest release: it was built from the repository."""
    REPLAYED = "replayed"
    """The file is authentic, but this machine has already seen a newer one."""
    NOT_VALID = "not_valid"
    UNREACHABLE = "unreachable"

    @property
    def is_answer(self) -> bool:
        """Whether it says which version is the newest."""
        return self in (Verdict.NEWER, Verdict.CURRENT, Verdict.AHEAD)


@dataclass(frozen=True, slots=True)
class Announcement:
    """The newest release and the day on which it was published."""

    version: str
    published: date

    @staticmethod
    def parse(comment: str) -> "Announcement":
        """Read `taskdeck 0.2.0 2026-11-30`; raises ValueError."""
        found = _COMMENT.fullmatch(comment)
        if found is None:
            raise ValueError("the file is signed, but announces no version")
        return Announcement(found[1], date.fromisoformat(found[2]))


def order_of(version: str) -> tuple[int, int, int]:
    """Return the three numbers that a version begins with; zeros for one without them."""
    found = _VERSION.match(version)
    return (int(found[1]), int(found[2]), int(found[3])) if found else (0, 0, 0)


def judge(announced: str, *, own: str, seen: str) -> Verdict:
    """Decide what an authentic announcement means; `seen` is the newest version that was announced before, or empty."""
    if order_of(announced) < order_of(seen):
        return Verdict.REPLAYED
    if order_of(announced) == order_of(own):
        return Verdict.CURRENT
    return Verdict.NEWER if order_of(announced) > order_of(own) else Verdict.AHEAD
