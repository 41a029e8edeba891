"""Which occurrences a backfill runs, and what came of it."""

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from shared.models.backfill import BackfillStatus
from shared.schedule.timing import Timing

_MICROSECOND = timedelta(microseconds=1)


class TooManyOccurrencesError(ValueError):
    """A window holds more occurrences than may be made at once."""


def occurrences_of(
    timing: Timing,
    *,
    since: datetime,
    until: datetime,
    without: AbstractSet[datetime],
    newest_first: bool,
    most: int,
) -> list[datetime]:
    """Return the occurrences from `since` to before `until`; raises `TooManyOccurrencesError` beyond `most`."""
    found: list[datetime] = []
    for at in timing.iterate(since - _MICROSECOND):
        if at >= until:
            break
        if at in without:
            continue
        if len(found) == most:
            raise TooManyOccurrencesError
        found.append(at)
    return found[::-1] if newest_first else found


def backfill_status(*, total: int, finished: int, succeeded: int, is_cancelled: bool) -> BackfillStatus:
    """Return where a backfill of `total` runs stands."""
    if finished < total:
        return BackfillStatus.RUNNING
    if succeeded == total:
        return BackfillStatus.SUCCEEDED
    return BackfillStatus.CANCELLED if is_cancelled else BackfillStatus.FAILED
