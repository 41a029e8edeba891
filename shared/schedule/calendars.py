"""Named lists of days on which tasks do not run, such as public holidays."""

from dataclasses import dataclass
from datetime import date, timedelta

MOST_DAYS_IN_A_ROW = 400
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayCalendar:
    """Days off: dates, and days of the week from 0 (Monday) to 6."""

    dates: frozenset[date] = frozenset()
    weekdays: frozenset[int] = frozenset()

    def is_off(self, day: date) -> bool:
        """Whether nothing runs on a day."""
        return day in self.dates or day.weekday() in self.weekdays

    def next_working_day(self, day: date) -> date | None:
        """Return `day` or the first working day after it; None where there is none for more than a year."""
        for _ in range(MOST_DAYS_IN_A_ROW):
            if not self.is_off(day):
                return day
            day += _DAY
        return None

    def first_of_days_off(self, day: date) -> date:
        """Return the first of the days off that end at the day before `day`, or `day` where that one is worked."""
        for _ in range(MOST_DAYS_IN_A_ROW):
            if not self.is_off(day - _DAY):
                break
            day -= _DAY
        return day
