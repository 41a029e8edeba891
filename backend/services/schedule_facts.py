"""When a task is due next, from what it is."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from backend.domain.occurrences import ScheduleFacts
from shared.enums import MisfirePolicy


def schedule_facts(
    *,
    task_id: int,
    name: str,
    schedule: str,
    timezone: str,
    jitter_seconds: int,
    misfire_policy: str,
    misfire_grace: timedelta,
    next_occurrence: datetime | None = None,
) -> ScheduleFacts:
    """Return what decides about a task's occurrences; `H` in its schedule spreads by its name."""
    return ScheduleFacts(
        task_id=task_id,
        schedule=schedule,
        hash_key=name,
        zone=ZoneInfo(timezone),
        jitter_seconds=jitter_seconds,
        misfire_policy=MisfirePolicy(misfire_policy),
        misfire_grace=misfire_grace,
        next_occurrence=next_occurrence,
    )
