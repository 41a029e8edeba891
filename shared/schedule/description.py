"""A schedule in words, English or Chinese."""

from datetime import datetime

from shared.schedule.cron_fields import is_hashed
from shared.schedule.cron_in_chinese import in_chinese
from shared.schedule.cron_in_english import in_english
from shared.schedule.cron_meaning import cron_meaning
from shared.schedule.durations import duration_parts
from shared.schedule.plain_schedules import Delay, Interval, OneShot
from shared.schedule.schedule import parse_schedule

_UNITS = {
    "en": {"d": "day", "h": "hour", "m": "minute", "s": "second"},
    "zh": {"d": " 天", "h": " 小时", "m": " 分钟", "s": " 秒"},
}
_EVERY = {"en": "Every {}", "zh": "每 {}"}
_AFTER = {"en": "{} after the last run ended", "zh": "上次运行结束 {}后"}
_AT = {"en": "Once at {}", "zh": "{} 运行一次"}
_EACH = {"en": "Once each at {}", "zh": "{} 各运行一次"}
_SPREAD = {"en": "{} (spread by the task's name)", "zh": "{}\uff0c按任务名称分散"}
_UNKNOWN = {"en": "At times spread by the task's name: {}", "zh": "按任务名称分散的时间\uff1a{}"}


def describe(text: str, *, language: str = "en", name: str = "") -> str:
    """Return a sentence for a schedule that `parse_schedule` accepts; `language` is `en` or `zh`.

    `name` is the task's name, from which the times of `H` follow.
    """
    schedule = parse_schedule(text, hash_key=name)
    if isinstance(schedule, Interval):
        return _EVERY[language].format(_duration(schedule, language))
    if isinstance(schedule, Delay):
        return _AFTER[language].format(_duration(schedule, language))
    if isinstance(schedule, OneShot):
        times = [_time(at) for at in schedule.times]
        return (_AT if len(times) == 1 else _EACH)[language].format((", " if language == "en" else "、").join(times))
    spread = is_hashed(text)
    if spread and not name:
        return _UNKNOWN[language].format(schedule.text)
    meaning = cron_meaning(text, hash_key=name)
    words = in_chinese(meaning) if language == "zh" else in_english(meaning)
    return _SPREAD[language].format(words) if spread else words


def _duration(schedule: Interval | Delay, language: str) -> str:
    parts = duration_parts(schedule.step if isinstance(schedule, Interval) else schedule.length)
    units = _UNITS[language]
    if language == "zh":
        return " ".join(f"{count}{units[unit]}" for count, unit in parts)
    if isinstance(schedule, Interval) and len(parts) == 1 and parts[0][0] == 1:
        return units[parts[0][1]]
    return " ".join(f"{count} {units[unit]}{'s' if count > 1 else ''}" for count, unit in parts)


def _time(at: datetime) -> str:
    """Return a time, with its zone where it has one of its own."""
    shown = f"{at:%Y-%m-%d %H:%M:%S}".removesuffix(":00")
    return shown if at.tzinfo is None else f"{shown} {at:%Z}"
