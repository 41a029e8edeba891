"""What the import of a crontab reports about a line, in the language of the console.

`shared/crontab/parse.py` writes the English for the command line as well.
"""

import re

from console.views.tasks.field_problems import field_problem
from console.words import fill, tr


def crontab_words(message: str) -> str:
    """Return a problem or a note of a line in the person's language; one that is not known stays as it is."""
    for pattern, words in (
        (
            r"@reboot has no time: .*",
            tr("@reboot is not a time. Start the command with the service manager of the machine (systemd, launchd)."),
        ),
        (
            r"is not a line of a crontab; .*",
            tr("This is not a crontab line. Write minute, hour, day of month, month, day of week and command."),
        ),
        (
            r"@every is not known to cron; a task's schedule can be: (.+)",
            tr("cron does not know @every. A task can have the schedule “%1”."),
        ),
        (r"has no command", tr("The line has no command.")),
        (r"No mail is sent to (MAILTO=.+): .*", tr("No mail is sent to %1. Alert rules notify about failures.")),
        (r"(RANDOM_DELAY=.+) is not imported: .*", tr("%1 is not imported. Set a random delay on the tasks.")),
        (
            r"The variable '(.+)' is not imported: .*",
            tr("The variable %1 is not imported. Names of variables have letters, digits and _."),
        ),
        (r"cron ran it as (.+); .*", tr("cron ran it as %1. A task runs as the user of its worker.")),
        (
            r"A random range \(~\) becomes H.*",
            tr("A random range (~) becomes H, which spreads tasks by their names."),
        ),
        (
            r"cron starts commands in the home directory of their user: .*",
            tr("cron starts commands in the home directory of their user. Set the working directory of the task."),
        ),
        (
            r"Processes that a command leaves in the background .*",
            tr("Processes that a command leaves in the background end with its run."),
        ),
    ):
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found is not None:
            return fill(words, *found.groups())
    if message.startswith("CRON_TZ: "):
        return tr("%1: %2", "CRON_TZ", field_problem(message.removeprefix("CRON_TZ: ")))
    return field_problem(message)
