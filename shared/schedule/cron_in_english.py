"""A cron expression in English."""

from collections.abc import Sequence

from shared.schedule.cron_meaning import CronMeaning, Day, LastDay, MonthDays, NearestWorkday, NthWeekday, Weekdays
from shared.schedule.number_shapes import Shape, listed, shortened

_WEEKDAYS = ("", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_NTH = ("", "first", "second", "third", "fourth", "fifth")


def in_english(meaning: CronMeaning) -> str:
    """Return a sentence without a full stop."""
    time = _time(meaning)
    if meaning.is_daily and meaning.times:
        time += " every day"
    parts = [time, _days(meaning), _months(meaning.month)]
    sentence = ", ".join(part for part in parts if part)
    return sentence[0].upper() + sentence[1:]


def _and(words: Sequence[str]) -> str:
    return listed(words, comma=", ", last=" and ")


def _row(words: Sequence[str], *, is_even: bool) -> str:
    short = shortened(words, is_even=is_even)
    return _and(words) if len(short) == len(words) else f"{', '.join(short[:3])} … {short[-1]}"


def _time(meaning: CronMeaning) -> str:
    second, minute, hour = meaning.second, meaning.minute, meaning.hour
    if times := meaning.times:
        return "at " + _and([_clock(*time) for time in times])
    if second.only is None:
        within = "" if minute.is_all else _unit(minute, "minute")
        return ", ".join(part for part in (_unit(second, "second"), within, _hours(hour)) if part)
    at_second = f"at second {second.only}" if second.only else ""
    if minute.only is None:
        return ", ".join(part for part in (_unit(minute, "minute"), at_second, _hours(hour)) if part)
    return ", ".join(part for part in (_hourly(minute.only, hour), at_second) if part)


def _clock(hour: int, minute: int, second: int) -> str:
    return f"{hour:02}:{minute:02}" + (f":{second:02}" if second else "")


def _unit(shape: Shape, name: str) -> str:
    """Return a field of seconds or minutes in words."""
    if shape.is_all:
        return f"every {name}"
    if shape.only is not None:
        return f"at {name} {shape.only}"
    if shape.turn is not None:
        return f"every {shape.turn} {name}s" + (f" from {name} {shape.first}" if shape.first else "")
    if shape.step == 1:
        return f"every {name} from {name} {shape.first} to {shape.last}"
    if shape.step is not None:
        return f"every {shape.step} {name}s from {name} {shape.first} to {shape.last}"
    return f"at {name}s {_and([_stretch(*one) for one in shape.stretches()])}"


def _stretch(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"


def _hours(hour: Shape) -> str:
    """Return in which hours something comes again and again."""
    if hour.is_all:
        return ""
    if hour.turn is not None or (hour.step or 1) > 1:
        return f"in the hours {_row([str(number) for number in hour.numbers], is_even=True)}"
    return _and([f"between {first:02}:00 and {last:02}:59" for first, last in hour.stretches(shortest=1)])


def _hourly(minute: int, hour: Shape) -> str:
    """Return the hours of something that comes once in each."""
    at = f" at minute {minute}" if minute else ""
    if hour.is_all:
        return f"every hour{at}"
    if hour.turn is not None:
        return f"every {hour.turn} hours{at}" + (f", from {hour.first:02}:{minute:02}" if hour.first else "")
    ends = f"from {hour.first:02}:{minute:02} to {hour.last:02}:{minute:02}"
    if hour.step is not None:
        return f"every {'hour' if hour.step == 1 else f'{hour.step} hours'} {ends}"
    return "at " + _and([_clock(number, minute, 0) for number in hour.numbers])


def _days(meaning: CronMeaning) -> str:
    of_month, of_week = ([_day(day) for day in days] for days in (meaning.of_month, meaning.of_week))
    if of_month and of_week and meaning.both_hold:
        return f"{listed(of_month, comma=', ', last=' or ')}, only if that is {_if_weekday(meaning.of_week)}"
    return listed(of_month + of_week, comma=", ", last=" or ")


def _day(day: Day) -> str:
    match day:
        case LastDay():
            return "on the last day of the month"
        case NearestWorkday(number):
            return f"on the weekday nearest day {number} of the month"
        case NthWeekday(weekday, nth):
            return f"on the {_NTH[nth] if nth else 'last'} {_WEEKDAYS[weekday]} of the month"
        case Weekdays(shape):
            return _named(shape, _WEEKDAYS, preposition="on")
        case MonthDays(shape):
            return f"on {_month_days(shape)} of the month"


def _month_days(shape: Shape) -> str:
    if shape.step is not None and shape.step > 1:
        return f"days {_row([str(number) for number in shape.numbers], is_even=True)}"
    return f"day{'s' if shape.only is None else ''} {_and([_stretch(*one) for one in shape.stretches()])}"


def _if_weekday(days: Sequence[Day]) -> str:
    words = []
    for day in days:
        if isinstance(day, Weekdays):
            words += [f"a {_WEEKDAYS[number]}" for number in day.days.numbers]
        else:
            words.append(_day(day).removeprefix("on "))
    return listed(words, comma=", ", last=" or ")


def _months(shape: Shape) -> str:
    return "" if shape.is_all else _named(shape, _MONTHS, preposition="in")


def _named(shape: Shape, names: Sequence[str], *, preposition: str) -> str:
    stretches = shape.stretches()
    words = [names[first] if first == last else f"{names[first]} to {names[last]}" for first, last in stretches]
    if len(words) == 1 and shape.only is None:
        preposition = "from"
    return f"{preposition} {_and(words)}"
