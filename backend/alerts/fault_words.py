"""The title and the detail of alerts about faults. The console translates them: `console/views/alerts/words.py`."""

from backend.alerts.model import Notice, WatchedFault
from shared.enums import FaultKind
from shared.models.alert import AlertMessage

_HAPPENED = {
    FaultKind.SET_ASIDE: "was set aside",
    FaultKind.RESTARTED: "failed and was restarted",
    FaultKind.BLOCKED: "was held for too long",
    FaultKind.GIVEN_UP: "is not retried again",
    FaultKind.FALLBACK: "failed and was replaced by what is built in",
    FaultKind.REFUSED: "was refused",
    FaultKind.CORRECTED: "was corrected",
    FaultKind.SURVIVED: "left a process that could not be ended",
    FaultKind.LEFT_OUT: "has occurrences that were left out",
    FaultKind.UNREACHABLE: "cannot be sent",
    FaultKind.SHORTAGE: "are almost used up",
}
_MORE = "All faults: taskdeck faults list"


def fault_words(notice: Notice, newest: WatchedFault | None) -> tuple[str, str]:
    """Return the title and the detail of a message; `newest` is the newest fault, None where none is left."""
    if newest is None or notice.message is AlertMessage.RECOVERY:
        return "No fault is left", f"{notice.count:,} faults since the first." if notice.count > 1 else ""
    what = f"{newest.object} {_HAPPENED[newest.kind]}"
    words = f"{newest.cause.rstrip('.')}. {newest.next_step}"
    if notice.message is AlertMessage.FIRST and notice.count == 1:
        return f"Fault: {what}", words
    faults = f"{notice.count:,} fault{'s' if notice.count > 1 else ''}"
    if notice.message is AlertMessage.REMINDER:
        faults = f"{notice.count:,} more fault{'s' if notice.count > 1 else ''}"
    return f"{faults}, newest: {what}", f"{words} {_MORE}"
