"""What faults are called in the language of the console; `backend/alerts/fault_words.py` writes alerts about them."""

import re

from console.words import fill, number, tr
from shared.enums import FaultKind

_TITLE = re.compile(r"(?:Fault: |(?P<count>[\d,]+) (?P<more>more )?faults?, newest: )(?P<what>.*)", re.DOTALL)


def kind_words(kind: FaultKind) -> str:
    """Return what happened, in two or three words."""
    return {
        FaultKind.SET_ASIDE: tr("Set aside"),
        FaultKind.RESTARTED: tr("Restarted"),
        FaultKind.BLOCKED: tr("Event loop held"),
        FaultKind.GIVEN_UP: tr("Given up"),
        FaultKind.FALLBACK: tr("Plug-in failed"),
        FaultKind.REFUSED: tr("Worker refused"),
        FaultKind.CORRECTED: tr("Corrected"),
        FaultKind.SURVIVED: tr("Process not ended"),
        FaultKind.LEFT_OUT: tr("Occurrences left out"),
        FaultKind.SHORTAGE: tr("Almost used up"),
        FaultKind.UNREACHABLE: tr("Not reached"),
    }[kind]


def object_words(object_type: str, name: str) -> str:
    """Return an object with its type."""
    return f"{_types().get(object_type, object_type)} {name}"


def _types() -> dict[str, str]:
    return {
        "task": tr("task"),
        "run": tr("run"),
        "worker": tr("worker"),
        "service": tr("service"),
        "schedule": tr("schedule"),
        "calendar": tr("calendar"),
        "event loop": tr("event loop"),
        "alert rule": tr("alert rule"),
        "alert channel": tr("alert channel"),
        "alert silence": tr("silence"),
        "open alert": tr("open alert"),
        "outcome": tr("outcome"),
        "dependencies": tr("dependencies"),
        "heartbeat": tr("heartbeat"),
        "strategy": tr("strategy"),
        "database connections": tr("database connections"),
        "open files": tr("open files"),
        "outside heartbeat": tr("heartbeat to"),
        "asyncio tasks": tr("asyncio tasks"),
    }


def alert_title(title: str) -> str:
    """Return the title of an alert about faults; one that another version wrote stays as it is."""
    if title == "No fault is left":
        return tr("No fault is left")
    found = _TITLE.fullmatch(title)
    if found is None:
        return title
    what = _what(found["what"])
    if found["count"] is None:
        return tr("Fault: %1", what)
    count = int(found["count"].replace(",", ""))
    if found["more"] is None:
        return tr("%1 faults, newest: %2", number(count), what)
    return tr("1 more fault: %1", what) if count == 1 else tr("%1 more faults, newest: %2", number(count), what)


def _what(text: str) -> str:
    """Return the object of a fault and what happened to it, as in `task backup was set aside`."""
    for words, told in (
        (" was set aside", tr("%1 was set aside")),
        (" failed and was restarted", tr("%1 failed and was restarted")),
        (" was held for too long", tr("%1 was held for too long")),
        (" is not retried again", tr("%1 is not retried again")),
        (" failed and was replaced by what is built in", tr("%1 failed and was replaced by what is built in")),
        (" was refused", tr("%1 was refused")),
        (" was corrected", tr("%1 was corrected")),
        (" left a process that could not be ended", tr("%1 left a process that could not be ended")),
        (" has occurrences that were left out", tr("%1 has occurrences that were left out")),
        (" are almost used up", tr("%1 are almost used up")),
        (" cannot be sent", tr("%1 cannot be sent")),
    ):
        if text.endswith(words):
            return fill(told, _object(text.removesuffix(words)))
    return text


def _object(text: str) -> str:
    for object_type in sorted(_types(), key=len, reverse=True):
        if text.startswith(f"{object_type} "):
            return object_words(object_type, text.removeprefix(f"{object_type} "))
    return text
