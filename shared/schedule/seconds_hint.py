"""A hint for six fields whose last one is a star: it counts seconds, which many expect to be a year or a weekday."""

from shared.schedule.cron import CronExpression
from shared.schedule.schedule import parse_schedule

_EVERY_SECOND = 60
_WORDS = {
    "en": "The sixth field is the second: this schedule is due in every second of its minutes. "
    "For once a minute, write 0 in its place or leave it out.",
    "zh": "第六个字段是秒：此计划在每个匹配的分钟内每秒都会触发。如需每分钟只触发一次，请将其写为 0 或省略。",
}


def seconds_hint(text: str, *, language: str = "en") -> str | None:
    """Return the hint for a valid schedule that is due in every second, or None; `language` is `en` or `zh`."""
    schedule = parse_schedule(text, hash_key="")
    if isinstance(schedule, CronExpression) and len(schedule.fields.seconds) == _EVERY_SECOND:
        return _WORDS[language]
    return None
