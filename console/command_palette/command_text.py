"""What a person types into the palette as a verb and its object: `run disk-report`, `silence nightly for 2h`. Pure."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from shared.schedule.durations import parse_duration


class Verb(StrEnum):
    """What can be done with a task that is named."""

    RUN = "run"
    PAUSE = "pause"
    RESUME = "resume"
    EDIT = "edit"
    SILENCE = "silence"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class TypedCommand:
    """A verb, what its object is called, and for how long."""

    verb: Verb
    about: str
    lasts: timedelta | None = None


_WORDS = {
    "run": Verb.RUN,
    "start": Verb.RUN,
    "trigger": Verb.RUN,
    "pause": Verb.PAUSE,
    "resume": Verb.RESUME,
    "edit": Verb.EDIT,
    "silence": Verb.SILENCE,
    "mute": Verb.SILENCE,
    "cancel": Verb.CANCEL,
    "stop": Verb.CANCEL,
    "运行": Verb.RUN,
    "执行": Verb.RUN,
    "暂停": Verb.PAUSE,
    "恢复": Verb.RESUME,
    "编辑": Verb.EDIT,
    "静默": Verb.SILENCE,
    "取消": Verb.CANCEL,
}
"""The words of both languages count in either, as names of tasks may be in another language than the console."""
_VERB = re.compile(r"\s*(?:([a-z]+)\s+|([\u4e00-\u9fff]{2})\s*)(\S.*?)\s*", re.IGNORECASE | re.DOTALL)
_ALL_OF = re.compile(r"全部|所有|(?:all(?:\s+|$))?(?:runs(?:\s+|$))?(?:of(?:\s+|$))?", re.IGNORECASE)
_FOR = re.compile(r"(.*?\S)\s+(?:for\s+)?(\d\S*)", re.IGNORECASE | re.DOTALL)


def read_command(text: str) -> TypedCommand | None:
    """Return what is typed as a command; None where it begins with no verb, or names nothing."""
    found = _VERB.fullmatch(text)
    verb = _WORDS.get((found[1] or found[2]).casefold()) if found is not None else None
    if found is None or verb is None:
        return None
    about: str = found[3]
    if verb is Verb.CANCEL:
        prefix = _ALL_OF.match(about)
        about = about[prefix.end() :].strip() if prefix is not None else about
    lasts = None
    if verb is Verb.SILENCE and (timed := _FOR.fullmatch(about)) is not None and (given := _duration(timed[2])):
        about, lasts = timed[1], given
    return TypedCommand(verb, about, lasts) if about else None


def _duration(text: str) -> timedelta | None:
    try:
        return parse_duration(text)
    except ValueError:
        return None
