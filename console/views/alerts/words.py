"""What an alert says, in the person's language."""

import re

from console.words import number, tr
from shared.models.alert import Alert, AlertCondition, AlertMessage

_OF_RUN = re.compile(r"Run (\d+): (.*)", re.DOTALL)
_EXIT_CODE = re.compile(r"exit code (\d+)")


def alert_title(alert: Alert) -> str:
    """Return the title; of alerts that are not about one task, as the backend wrote it."""
    words = _words(alert.message, alert.condition)
    if words is None or not alert.task_name:
        return alert.title
    return words.replace("%1", alert.task_name).replace("%2", number(alert.count))


def _words(message: AlertMessage, condition: AlertCondition) -> str | None:
    return {
        (AlertMessage.FIRST, AlertCondition.FAILURE): tr("%1 failed"),
        (AlertMessage.FIRST, AlertCondition.SLOW): tr("%1 runs longer than expected"),
        (AlertMessage.FIRST, AlertCondition.LATE): tr("%1 did not start in time"),
        (AlertMessage.FIRST, AlertCondition.PAUSED): tr("%1 was paused"),
        (AlertMessage.RECOVERY, AlertCondition.FAILURE): tr("%1 is well again"),
        (AlertMessage.RECOVERY, AlertCondition.SLOW): tr("%1 no longer runs longer than expected"),
        (AlertMessage.RECOVERY, AlertCondition.LATE): tr("%1 is in time again"),
        (AlertMessage.RECOVERY, AlertCondition.PAUSED): tr("%1 is no longer paused"),
    }.get((message, condition))


def alert_detail(alert: Alert) -> str:
    """Return the detail; what workers always say, in the person's words."""
    found = _OF_RUN.fullmatch(alert.detail)
    if found is None:
        return alert.detail
    code = _EXIT_CODE.fullmatch(found[2])
    error = tr("exit code %1").replace("%1", code[1]) if code else found[2]
    return tr("Run %1: %2").replace("%1", found[1]).replace("%2", error)
