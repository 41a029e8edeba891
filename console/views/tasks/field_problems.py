"""What is wrong with a field of a task, in the language of the console.

The checks of `shared` and of pydantic write English for the API; the messages that a person can cause are known here.
"""

import re
from collections.abc import Callable, Iterable

from console.words import fill, number, tr
from shared.errors import FieldError

_MOST_PROBLEMS = 5
"""More lines below a field would push the other fields out of sight."""


def joined_problems(problems: Iterable[str]) -> str:
    """Return what is wrong with one field, a line for each problem, and the number of those beyond the first five."""
    found = list(problems)
    more = len(found) - _MOST_PROBLEMS
    return "\n".join([*found[:_MOST_PROBLEMS], *([tr("And %1 more.", number(more))] if more > 0 else [])])


def problems_by_field(errors: Iterable[FieldError]) -> dict[str, str]:
    """Return for each field what the backend refused in it; one for `environment.A` belongs to `environment`."""
    found: dict[str, list[str]] = {}
    for error in errors:
        found.setdefault(error.field.partition(".")[0], []).append(field_problem(error.message))
    return {field: joined_problems(messages) for field, messages in found.items()}


def field_problem(message: str, shown: Callable[[int], str] | None = None) -> str:
    """Return a message of a check in the person's language; one that is not known stays as it is.

    `shown` returns a limit of the field's numbers as people write it.
    """
    message = message.removeprefix("Value error, ")
    for pattern, words in (
        (r"must not be empty; .*", tr("Enter a name of 1 to 255 characters.")),
        (r"must have a character that can be seen", tr("This must have a character that can be seen.")),
        (
            r"has ([\d,]+) bytes; at most ([\d,]+) .*",
            tr("This has %1 bytes, and at most %2 are possible. Put it into a file and give its path."),
        ),
        (
            r"(.+) has ([\d,]+) bytes with its name; at most ([\d,]+) .*",
            tr("%1 has %2 bytes with its name, and at most %3 are possible. Put the value into a file."),
        ),
        (
            r"has ([\d,]+) bytes together; at most ([\d,]+) .*",
            tr("These have %1 bytes together, and at most %2 are possible. Put long values into files."),
        ),
        (r"must not contain a NUL character", tr("This must not contain a NUL character.")),
        (r"must not contain control characters.*", tr("This must not contain control characters or line breaks.")),
        (
            r"(.+) is not a variable name; .*",
            tr("%1 is not a variable name. Use letters, digits and _, and do not begin with a digit."),
        ),
        (r"must be a path such as .*", tr("Enter a path such as finance/daily, without empty parts.")),
        (r"must be between the years (\d+) and (\d+)", tr("Enter a time between the years %1 and %2.")),
        (r"ends_at must be after starts_at", tr("The end must be after the start.")),
        (r"names task (\d+) twice; .*", tr("Task %1 is named twice. One dependency for each task is enough.")),
        (r"(.+) is not a duration; .*", tr("%1 is not a duration. Use a number with s, m, h, d or w, such as 1h30m.")),
        (r"(.+) is not between one second and ten years", tr("%1 is not between one second and ten years.")),
        (r"(.+) is longer than ten years", tr("%1 is longer than ten years.")),
        (
            r"(.+) is not a time; use at .*",
            tr("%1 is not a time. Use “at 2026-12-24T18:00”, with commas between several."),
        ),
        (
            r"has (\d+) fields?; use five .*",
            tr("A cron expression has 5 fields (minute hour day month weekday), or 6 with seconds last. This has %1."),
        ),
        (r"is longer than (\d+) characters", tr("Enter at most %1 characters.")),
        (
            r"day of month: no such date ever comes; .*",
            tr("No such date exists. Use a day that the month has, or L for its last day."),
        ),
        (r"minute: (\S+) is not valid; .*", tr("The minute %1 is not valid. Use 0 to 59.")),
        (r"hour: (\S+) is not valid; .*", tr("The hour %1 is not valid. Use 0 to 23.")),
        (
            r"day of month: (\S+) is not valid; .*",
            tr("The day %1 is not valid. Use 1 to 31, L for the last day, or 15W for the weekday nearest the 15th."),
        ),
        (r"month: (\S+) is not valid; .*", tr("The month %1 is not valid. Use 1 to 12, or jan to dec.")),
        (
            r"day of week: (\S+) is not valid; .*",
            tr("The weekday %1 is not valid. Use 0 to 7, sun to sat, fri#2 for the second Friday, or L5 for the last."),
        ),
        (r"second: (\S+) is not valid; .*", tr("The second %1 is not valid. Use 0 to 59.")),
        (r"Input should be greater than or equal to (.+)", tr("Enter %1 or more.")),
        (r"Input should be less than or equal to (.+)", tr("Enter %1 or less.")),
        (r"String should have at most (\d+) characters?", tr("Enter at most %1 characters.")),
        (r"String should have at least 1 character", tr("Enter a value.")),
        (
            r"unknown time zone (.+); .*",
            tr("The time zone %1 does not exist. Use an IANA name such as UTC or Asia/Shanghai."),
        ),
        (r"Field required", tr("Enter a value.")),
        (r"is taken by another task", tr("This name is taken by another task.")),
        (r"is required for a sharded task: .*", tr("Enter the number of shards.")),
        (
            r"with window period needs a schedule: .*",
            tr("To wait for all runs of the period, the task needs a schedule: the period is between two occurrences."),
        ),
        (r"task (.+) does not exist", tr("Task %1 does not exist.")),
        (r"this would close a cycle: (.+)", tr("These tasks would wait for each other: %1")),
        (r"calendar (.+) does not exist; .*", tr("The calendar %1 does not exist. Create it under Policies first.")),
        (
            r"concurrency group (.+) does not exist; .*",
            tr("The concurrency group %1 does not exist. Create it under Policies first."),
        ),
        (r"Input should be '.*'", tr("Choose one of the values.")),
        (
            r"must be below the interval of the schedule: .* can run (\S+) after its last occurrence; .*",
            tr("The delay must be below the interval of the schedule, which is %1."),
        ),
        (
            r"(.+) in (\S+) would never run: .*",
            tr("The schedule %1 would never run: its times in %2 are past, or excluded. Choose a later time."),
        ),
        (r"has no meaning for the executor (\S+); .*", tr("The executor %1 does not use this. Leave it empty.")),
    ):
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found is not None:
            if shown is not None and pattern.startswith("Input should be"):
                return fill(words, shown(int(found[1])))
            return fill(words, *found.groups())
    return message
