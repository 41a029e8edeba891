"""What a line of a crontab becomes, or why it becomes nothing, is told in both languages."""

import re

import pytest
from PySide6.QtWidgets import QApplication

from console.views.tasks.crontab_words import crontab_words
from shared.crontab.kind import CrontabKind
from shared.crontab.parse import parse_crontab

CRONTABS = [
    (
        "@reboot x",
        "@reboot is not a time. Start the command with the service manager of the machine (systemd, launchd).",
    ),
    ("9 y", "This is not a crontab line. Write minute, hour, day of month, month, day of week and command."),
    ("@every 5m x", "cron does not know @every. A task can have the schedule “every 5m”."),
    ("0 0 * * * %input", "The line has no command."),
    ("61 * * * * x", "The minute 61 is not valid. Use 0 to 59."),
    (
        "CRON_TZ=X/Y\n0 0 * * * x",
        "CRON_TZ: The time zone 'X/Y' does not exist. Use an IANA name such as UTC or Asia/Shanghai.",
    ),
    ("MAILTO=a@b\n0 0 * * * x", "No mail is sent to MAILTO=a@b. Alert rules notify about failures."),
    ("RANDOM_DELAY=9\n0 0 * * * x", "RANDOM_DELAY=9 is not imported. Set a random delay on the tasks."),
    ('"X-Y"=1\n0 0 * * * x', "The variable X-Y is not imported. Names of variables have letters, digits and _."),
    ("~ 0 * * * x", "A random range (~) becomes H, which spreads tasks by their names."),
    (
        "0 0 * * * ./x",
        "cron starts commands in the home directory of their user. Set the working directory of the task.",
    ),
    ("0 0 * * * x &", "Processes that a command leaves in the background end with its run."),
]
NAMES = {
    "reboot",
    "systemd",
    "launchd",
    "every",
    "cron",
    "crontab",
    "Asia",
    "Shanghai",
    "IANA",
    "CRON",
    "RANDOM",
    "DELAY",
}


def messages(text: str, kind: CrontabKind = CrontabKind.USER) -> list[str]:
    return [
        message
        for job in parse_crontab(text, kind=kind)
        for message in (job.problem, *job.notes)
        if message is not None
    ]


@pytest.mark.parametrize(("text", "words"), CRONTABS)
def test_each_message_is_known(qapp: QApplication, text: str, words: str) -> None:
    assert [crontab_words(message) for message in messages(text)] == [words]


def test_the_user_of_a_system_crontab_is_named(qapp: QApplication) -> None:
    [found] = messages("0 0 * * * root x", CrontabKind.SYSTEM)
    assert crontab_words(found) == "cron ran it as root. A task runs as the user of its worker."


@pytest.mark.parametrize("text", [text for text, _ in CRONTABS])
def test_each_message_is_chinese_in_the_chinese_console(in_chinese: None, text: str) -> None:
    for message in messages(text):
        assert set(re.findall("[A-Za-z]{4,}", crontab_words(message))) <= NAMES | set(re.findall("[A-Z]{4,}", text))
