"""A cron expression in simplified Chinese, with month and day before the time."""

from collections.abc import Sequence

from shared.schedule.cron_meaning import CronMeaning, Day, LastDay, MonthDays, NearestWorkday, NthWeekday, Weekdays
from shared.schedule.number_shapes import Shape, listed, shortened

_WEEKDAYS = ("", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
_NTH = ("", "第一", "第二", "第三", "第四", "第五")
_COMMA = "\uff0c"
_UNITS = {"second": "秒", "minute": "分钟"}


def in_chinese(meaning: CronMeaning) -> str:
    """Return a sentence without a full stop."""
    time = _time(meaning)
    if meaning.is_daily:
        return f"每天 {time}" if time[0].isdigit() else time
    return f"{_days(meaning)}{' ' if time[0].isdigit() else _COMMA}{time}"


def _and(words: Sequence[str]) -> str:
    return listed(words, comma="、", last="、")


def _note(words: str) -> str:
    return f"\uff08{words}\uff09"


def _row(words: Sequence[str], *, is_even: bool) -> str:
    return _and(shortened(words, is_even=is_even)).replace("、…、", "…")


def _time(meaning: CronMeaning) -> str:
    second, minute, hour = meaning.second, meaning.minute, meaning.hour
    if times := meaning.times:
        return _and([_clock(*time) for time in times])
    if second.only is None:
        within = "" if minute.is_all else _unit(minute, "minute")
        return _COMMA.join(part for part in (_hours(hour), within, _unit(second, "second")) if part)
    at_second = f"第 {second.only} 秒" if second.only else ""
    if minute.only is None:
        return _COMMA.join(part for part in (_hours(hour), _unit(minute, "minute"), at_second) if part)
    return _COMMA.join(part for part in (_hourly(minute.only, hour), at_second) if part)


def _clock(hour: int, minute: int, second: int) -> str:
    return f"{hour:02}:{minute:02}" + (f":{second:02}" if second else "")


def _unit(shape: Shape, name: str) -> str:
    """Return a field of seconds or minutes in words."""
    unit = _UNITS[name]
    if shape.is_all:
        return f"每{unit}"
    if shape.turn is not None:
        return f"每 {shape.turn} {unit}" + (_note(f"从第 {shape.first} {unit}起") if shape.first else "")
    if shape.step == 1:
        return f"第 {shape.first} 至 {shape.last} {unit}之间每{unit}"
    if shape.step is not None:
        return f"第 {shape.first} 至 {shape.last} {unit}之间每 {shape.step} {unit}"
    return f"第 {_and([_stretch(*one) for one in shape.stretches()])} {unit}"


def _stretch(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} 至 {last}"


def _hours(hour: Shape) -> str:
    """Return in which hours something comes again and again."""
    if hour.is_all:
        return ""
    if hour.turn is not None or (hour.step or 1) > 1:
        return f"在 {_row([str(number) for number in hour.numbers], is_even=True)} 点的小时内"
    return _and([f"{first:02}:00 至 {last:02}:59" for first, last in hour.stretches(shortest=1)]) + " 之间"


def _hourly(minute: int, hour: Shape) -> str:
    """Return the hours of something that comes once in each."""
    at = f"的第 {minute} 分钟" if minute else ""
    if hour.is_all:
        return f"每小时{at}"
    if hour.turn is not None:
        return f"每 {hour.turn} 小时" + (_note(f"从 {hour.first:02}:{minute:02} 起") if hour.first or minute else "")
    if hour.step is not None:
        every = "每小时" if hour.step == 1 else f"每 {hour.step} 小时"
        return f"{hour.first:02}:{minute:02} 至 {hour.last:02}:{minute:02} 之间{every}"
    return _and([_clock(number, minute, 0) for number in hour.numbers])


def _days(meaning: CronMeaning) -> str:
    months = "" if meaning.month.is_all else _and(_months(meaning.month))
    of_month, of_week = ([_day(day, months) for day in days] for days in (meaning.of_month, meaning.of_week))
    if not of_month and not of_week:
        return f"{months}每天"
    if of_month and of_week and meaning.both_hold:
        return _or(of_month) + _note(f"仅当其为{_or([_day(day, '') for day in meaning.of_week])}")
    return _or(of_month + of_week)


def _or(words: Sequence[str]) -> str:
    return listed(words, comma="、", last="或")


def _day(day: Day, months: str) -> str:
    of_month = months or "每月"
    match day:
        case LastDay():
            return f"{of_month}最后一天"
        case NearestWorkday(number):
            return f"{of_month}最接近 {number} 日的工作日"
        case NthWeekday(weekday, nth):
            return f"{of_month}{_NTH[nth] if nth else '最后一'}个{_WEEKDAYS[weekday]}"
        case Weekdays(shape):
            return f"{months}的{_weekdays(shape)}" if months else _weekdays(shape)
        case MonthDays(shape):
            return f"{of_month} {_month_days(shape)} 日"


def _month_days(shape: Shape) -> str:
    if shape.step is not None and shape.step > 1:
        return _row([str(number) for number in shape.numbers], is_even=True)
    return _and([_stretch(*one) for one in shape.stretches()])


def _weekdays(shape: Shape) -> str:
    return _and(
        [
            _WEEKDAYS[first] if first == last else f"{_WEEKDAYS[first]}至{_WEEKDAYS[last]}"
            for first, last in shape.stretches()
        ]
    )


def _months(shape: Shape) -> list[str]:
    return [f"{first} 月" if first == last else f"{first} 至 {last} 月" for first, last in shape.stretches()]
