"""What ran and what will run, gathered by hour or day."""

from enum import StrEnum

from shared.enums import RunStatus
from shared.models.base import Output, Timestamp
from shared.models.run import Run

MOST_SPANS = 800
MOST_ENTRIES = 500


class AgendaResolution(StrEnum):
    """How long a span is, by the clock of the zone."""

    HOUR = "hour"
    DAY = "day"


class AgendaSpan(Output):
    """One hour or day.

    `counts` are runs by how they ended, at the time of their end; `is_rounded` where there were too many to read
    each, so that all good and all bad ends are counted as succeeded and failed. `planned` are occurrences still to
    come; `peak` is how many of them are due in the same second, the first such being `peak_at`. `missing` are
    occurrences that the schedules named and of which there is no run.
    """

    since: Timestamp
    until: Timestamp
    counts: dict[RunStatus, int] = {}
    is_rounded: bool = False
    planned: int = 0
    peak: int = 0
    peak_at: Timestamp | None = None
    missing: int = 0


class Agenda(Output):
    """A window of time in spans.

    `slots` are those of the workers that are online: more due at once than that is a collision. `is_estimated`
    where a schedule fires too often to name each time: the rest follows from those named. `tasks_left_out` are those
    with schedules that were not looked at. `missing_since` is from when on missing occurrences are named, if at all.
    """

    timezone: str
    resolution: AgendaResolution
    now: Timestamp
    slots: int
    spans: list[AgendaSpan]
    is_estimated: bool = False
    tasks_left_out: int = 0
    missing_since: Timestamp | None = None


class AgendaEntryState(StrEnum):
    """What an entry is: a run that ended, an occurrence to come, or one that should have been and was not."""

    RAN = "ran"
    PLANNED = "planned"
    MISSING = "missing"


class AgendaEntry(Output):
    """One run or occurrence in a span; `at` is the end of a run, or when an occurrence is due."""

    state: AgendaEntryState
    at: Timestamp
    task_id: int
    task_name: str
    run: Run | None = None


class AgendaEntries(Output):
    """What is in a span, in order of time; `is_capped` where there is more."""

    entries: list[AgendaEntry]
    is_capped: bool = False
