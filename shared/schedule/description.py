"""A schedule in words, English or Chinese."""

from cron_descriptor import CasingTypeEnum, ExpressionDescriptor, FormatError, Options

from shared.schedule.durations import format_duration
from shared.schedule.fields import split_fields
from shared.schedule.plain_schedules import Delay, Interval, OneShot
from shared.schedule.schedule import parse_schedule

_LOCALES = {"en": "en_US", "zh": "zh_CN"}
_SPREAD = {"en": "At times spread by the task's name: ", "zh": "按任务名称分散的时间:"}
_OTHERWISE = {"en": "On the schedule ", "zh": "按计划 "}
_EVERY = {"en": "Every {}", "zh": "每隔 {}"}
_AFTER = {"en": "{} after the last run ended", "zh": "上次运行结束后 {}"}
_AT = {"en": "At {}", "zh": "在 {}"}

# The library takes these from the C locale, which is English wherever the backend runs.
_CHINESE_NAMES = {
    "Monday": "星期一",
    "Tuesday": "星期二",
    "Wednesday": "星期三",
    "Thursday": "星期四",
    "Friday": "星期五",
    "Saturday": "星期六",
    "Sunday": "星期日",
    "January": "一月",
    "February": "二月",
    "March": "三月",
    "April": "四月",
    "May": "五月",
    "June": "六月",
    "July": "七月",
    "August": "八月",
    "September": "九月",
    "October": "十月",
    "November": "十一月",
    "December": "十二月",
}


def describe(text: str, *, language: str = "en") -> str:
    """Return a sentence for a schedule that `parse_schedule` accepts; `language` is `en` or `zh`."""
    schedule = parse_schedule(text, hash_key="")
    if isinstance(schedule, Interval):
        return _EVERY[language].format(format_duration(schedule.step))
    if isinstance(schedule, Delay):
        return _AFTER[language].format(format_duration(schedule.length))
    if isinstance(schedule, OneShot):
        return _AT[language].format(", ".join(f"{at:%Y-%m-%d %H:%M:%S}".removesuffix(":00") for at in schedule.times))
    return _describe_cron(text, language)


def _describe_cron(text: str, language: str) -> str:
    fields = split_fields(text).split()
    if any("H" in field.upper().replace("THU", "").replace("MARCH", "") for field in fields):
        return _SPREAD[language] + text.strip()
    if len(fields) == 6:
        # cron_descriptor reads seconds first.
        fields = [fields[5], *fields[:5]]
    options = Options()
    options.use_24hour_time_format = True
    options.casing_type = CasingTypeEnum.Sentence
    options.locale_code = _LOCALES[language]
    try:
        words = str(ExpressionDescriptor(" ".join(fields), options).get_description())
    except (FormatError, ValueError, IndexError, KeyError, AttributeError):
        return _OTHERWISE[language] + text.strip()
    return _in_chinese(words) if language == "zh" else words


def _in_chinese(words: str) -> str:
    for english, chinese in _CHINESE_NAMES.items():
        words = words.replace(english, chinese)
    return words
