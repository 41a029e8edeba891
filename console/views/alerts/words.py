"""The title and the detail of an alert in the language of the console; `backend/alerts/words.py` writes them."""

import re

from console import fault_words
from console.words import fill, tr
from shared.models.alert import Alert, AlertCondition, AlertMessage


def condition_words(condition: AlertCondition | str) -> str:
    """Return what raises an alert, in a word; an unknown condition is shown as it is."""
    known: dict[str, str] = {
        AlertCondition.FAILURE: tr("failure"),
        AlertCondition.SLOW: tr("slow"),
        AlertCondition.LATE: tr("late"),
        AlertCondition.PAUSED: tr("paused"),
        AlertCondition.FAULT: tr("fault"),
    }
    return known.get(condition, str(condition))


def alert_title(alert: Alert) -> str:
    """Return the title; titles about several tasks are not translated."""
    if alert.condition is AlertCondition.FAULT:
        return fault_words.alert_title(alert.title)
    words = {
        (AlertMessage.FIRST, AlertCondition.FAILURE): tr("%1 failed"),
        (AlertMessage.FIRST, AlertCondition.SLOW): tr("%1 runs longer than expected"),
        (AlertMessage.FIRST, AlertCondition.LATE): tr("%1 did not start on time"),
        (AlertMessage.FIRST, AlertCondition.PAUSED): tr("%1 was paused"),
        (AlertMessage.RECOVERY, AlertCondition.FAILURE): tr("%1 recovered"),
        (AlertMessage.RECOVERY, AlertCondition.SLOW): tr("%1 no longer runs longer than expected"),
        (AlertMessage.RECOVERY, AlertCondition.LATE): tr("%1 starts on time again"),
        (AlertMessage.RECOVERY, AlertCondition.PAUSED): tr("%1 is no longer paused"),
    }.get((alert.message, alert.condition))
    return alert.title if words is None or not alert.task_name else fill(words, alert.task_name)


def alert_detail(alert: Alert) -> str:
    """Return the detail; an error of a command, and the cause of a fault, is not translated."""
    for pattern, words in (
        (r"Run (\d+): exit code (\d+)", tr("Run %1: exit code %2")),
        (r"Run (\d+): (.*)", tr("Run %1: %2")),
        (
            r"Run (\d+) has been running for longer than the expected (\d+) s\.",
            tr("Run %1 has been running for longer than the expected %2 s."),
        ),
        (
            r"Run (\d+) has not started within (\d+) s of its scheduled time\. The queue shows why it waits\.",
            tr("Run %1 has not started within %2 s of its scheduled time. The queue shows why it waits."),
        ),
        (
            r"Run (\d+) started more than (\d+) s after its scheduled time\.",
            tr("Run %1 started more than %2 s after its scheduled time."),
        ),
        (
            r"Its next occurrence is more than (\d+) s overdue\. Check that a dispatcher is running\.",
            tr("Its next occurrence is more than %1 s overdue. Check that a dispatcher is running."),
        ),
        (
            r"An occurrence was missed because no dispatcher was running, and the misfire policy skips it\. "
            r"Trigger the task to run it now\.",
            tr(
                "An occurrence was missed because no dispatcher was running, and the misfire policy skips it. "
                "Trigger the task to run it now."
            ),
        ),
        (
            r"It failed (\d+) times in a row, last in run (\d+)\. Fix the cause, then resume the task\.",
            tr("It failed %1 times in a row, last in run %2. Fix the cause, then resume the task."),
        ),
        (
            r"Failed during a silence that has ended, and has not succeeded since\.",
            tr("Failed during a silence that has ended, and has not succeeded since."),
        ),
    ):
        found = re.fullmatch(pattern, alert.detail, re.DOTALL)
        if found is not None:
            return fill(words, *found.groups())
    return alert.detail
