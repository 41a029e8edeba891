"""What an alert says, in the person's language."""

import re

from console.words import fill, tr
from shared.models.alert import Alert, AlertCondition, AlertMessage


def alert_title(alert: Alert) -> str:
    """Return the title; of alerts that are not about one task, as the backend wrote it."""
    words = {
        (AlertMessage.FIRST, AlertCondition.FAILURE): tr("%1 failed"),
        (AlertMessage.FIRST, AlertCondition.SLOW): tr("%1 runs longer than expected"),
        (AlertMessage.FIRST, AlertCondition.LATE): tr("%1 did not start in time"),
        (AlertMessage.FIRST, AlertCondition.PAUSED): tr("%1 was paused"),
        (AlertMessage.RECOVERY, AlertCondition.FAILURE): tr("%1 is well again"),
        (AlertMessage.RECOVERY, AlertCondition.SLOW): tr("%1 no longer runs longer than expected"),
        (AlertMessage.RECOVERY, AlertCondition.LATE): tr("%1 is in time again"),
        (AlertMessage.RECOVERY, AlertCondition.PAUSED): tr("%1 is no longer paused"),
    }.get((alert.message, alert.condition))
    return alert.title if words is None or not alert.task_name else fill(words, alert.task_name)


def alert_detail(alert: Alert) -> str:
    """Return the detail; what backends and workers always say, in the person's words."""
    for pattern, words in (
        (r"Run (\d+): exit code (\d+)", tr("Run %1: exit code %2")),
        (r"Run (\d+): (.*)", tr("Run %1: %2")),
        (r"Run (\d+) has taken more than the (\d+) s that were expected\.", tr("Run %1 has taken more than %2 s.")),
        (r"Run (\d+) did not start within (\d+) s of its time\.", tr("Run %1 did not start within %2 s of its time.")),
        (
            r"Its next occurrence did not start within (\d+) s of its time\.",
            tr("Its next occurrence did not start within %1 s of its time."),
        ),
        (
            r"It was due while nothing could dispatch, and its misfire policy leaves out what was missed\.",
            tr("It was due while nothing could dispatch, and what was missed is left out."),
        ),
    ):
        found = re.fullmatch(pattern, alert.detail, re.DOTALL)
        if found is not None:
            return fill(words, *found.groups())
    return alert.detail
