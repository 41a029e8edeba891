"""The times of a crontab's line as the schedule of a task."""

import re

from shared.schedule.cron_fields import FIELD_NAMES, CronError, value_of
from shared.schedule.schedule import parse_schedule

AT_BOOT = "@reboot"

_RANDOM_RANGE = re.compile(r"(?P<first>\w*)~(?P<last>\w*)(?P<step>/\d+)?", re.ASCII)
_FIELD_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))


def are_readable(times: str) -> bool:
    """Return whether cron can read the times of a line."""
    written = " ".join(times.split())
    return written.lower() == AT_BOOT or schedule_problem(with_hashed_ranges(written)) is None


def with_hashed_ranges(schedule: str) -> str:
    """Return a schedule with `H` in place of cronie's random ranges."""
    if "~" not in schedule:
        return schedule
    fields = []
    for name, text, bounds in zip(FIELD_NAMES, schedule.split(), _FIELD_BOUNDS, strict=False):
        fields.append(",".join(_with_hash(name, entry, bounds) for entry in text.split(",")))
    return " ".join(fields)


def _with_hash(field_name: str, entry: str, bounds: tuple[int, int]) -> str:
    """Return an entry of a field with `H` in place of a random range; one that is not valid stays as it is."""
    match = _RANDOM_RANGE.fullmatch(entry)
    if match is None:
        return entry
    if not match["first"] and not match["last"]:
        return f"H{match['step'] or ''}"
    first = value_of(field_name, match["first"].lower()) if match["first"] else bounds[0]
    last = value_of(field_name, match["last"].lower()) if match["last"] else bounds[1]
    if first is None or last is None or first > last:
        return entry
    return f"H({first}-{last}){match['step'] or ''}"


def schedule_problem(schedule: str) -> str | None:
    """Return why a task cannot have this schedule, or None."""
    if schedule.lower() == AT_BOOT:
        return "@reboot has no time: start the command by the machine's own services (systemd, launchd)"
    try:
        parse_schedule(schedule, hash_key="")
    except CronError as error:
        return str(error)
    return None
