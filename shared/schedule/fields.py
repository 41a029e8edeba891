"""The fields of a cron expression: which one is wrong, and what would be right."""

import re

from croniter import CroniterError, croniter

from shared.schedule.day_fields import month_parts, week_parts

MOST_CHARACTERS = 255
FIELD_NAMES = ("minute", "hour", "day of month", "month", "day of week", "second")

_RIGHT = {
    "minute": "use 0 to 59",
    "hour": "use 0 to 23",
    "day of month": "use 1 to 31, L for the last day, or 15W for the weekday nearest the 15th",
    "month": "use 1 to 12, or jan to dec",
    "day of week": "use 0 to 7 (0 and 7 are Sunday), sun to sat, fri#2 for the second Friday, or L5 for the last",
    "second": "use 0 to 59",
}
_SYNTAX = "single values, lists 1,2, ranges 1-5, steps */10 and H are understood"

# croniter's R draws anew at each parse: two replicas would disagree. H spreads without chance.
_RANDOM = re.compile(r"(^|[\s,])[rR]($|[\s,/(])")

# croniter takes a range of one value for the whole turn of the field; cron takes it for that value.
_RANGE_OF_ONE = re.compile(r"(?<![\w#-])(\w+)-\1(/\d+)?(?![\w-])")

_NAMED = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}


class CronError(ValueError):
    """A schedule that cannot be read; `field` is the name of the cron field that is wrong, or `schedule`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}" if field != "schedule" else message)
        self.field = field


def split_fields(text: str) -> str:
    """Return the expression with single spaces and names spelled out; raises `CronError`."""
    expression = " ".join(text.split())
    if not expression:
        raise CronError("schedule", "is empty; use five fields such as 0 3 * * * (daily at 03:00)")
    if len(expression) > MOST_CHARACTERS:
        raise CronError("schedule", f"is longer than {MOST_CHARACTERS} characters")
    if expression.startswith("@"):
        named = _NAMED.get(expression.lower())
        if named is None:
            known = ", ".join(_NAMED)
            why = " (there is no boot to wait for)" if expression.lower() == "@reboot" else ""
            raise CronError("schedule", f"{expression} is not known{why}; use one of {known}")
        return named
    count = len(expression.split())
    if count not in (5, 6):
        raise CronError(
            "schedule",
            f"has {count} field{'s' if count != 1 else ''}; use five (minute hour day-of-month month "
            "day-of-week), or six with seconds last",
        )
    return _RANGE_OF_ONE.sub(r"\1", expression)


def check_fields(expression: str, *, hash_key: str) -> None:
    """Raise `CronError` for the first field that is not understood."""
    if _is_understood(expression, hash_key):
        return
    fields = expression.split()
    for position, name in enumerate(FIELD_NAMES[: len(fields)]):
        for part in _parts_of(name, fields[position]):
            alone = ["*"] * len(fields)
            alone[position] = part
            if not _is_understood(" ".join(alone), hash_key):
                raise CronError(name, f"{fields[position]} is not valid; {_RIGHT[name]} ({_SYNTAX})")


def _parts_of(name: str, field: str) -> tuple[str, ...]:
    if name == "day of month":
        return month_parts(field)
    return week_parts(field) if name == "day of week" else (field,)


def _is_understood(expression: str, hash_key: str) -> bool:
    try:
        croniter.expand(expression, hash_id=hash_key.encode())
    except (CroniterError, ValueError, KeyError, IndexError):
        return False
    return not _RANDOM.search(expression)
