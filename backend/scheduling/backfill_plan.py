"""Which occurrences a backfill runs, and its status."""

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from shared.models.backfill import BackfillStatus
from shared.schedule.timing import Timing

_MICROSECOND = timedelta(microseconds=1)


class TooManyOccurrencesError(ValueError):
    """A window holds more occurrences than one backfill may run."""


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
    """Return the status of a backfill of `total` runs."""
    if finished < total:
        return BackfillStatus.RUNNING
    if succeeded == total:
        return BackfillStatus.SUCCEEDED
    return BackfillStatus.CANCELLED if is_cancelled else BackfillStatus.FAILED
