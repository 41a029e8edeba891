"""The agenda: past runs and future occurrences, by hour or day."""

from enum import StrEnum

from shared.enums import RunStatus
from shared.models.base import Output, Timestamp
from shared.models.run import Run

MOST_SPANS = 800
MOST_ENTRIES = 500


class AgendaResolution(StrEnum):
    """The length of a span, by the wall clock of the time zone."""

    HOUR = "hour"
    DAY = "day"


class AgendaSpan(Output):
    """One hour or day.

    `counts` are the finished runs by status, at the time of their end. `is_rounded`: there are too many to read each,
    so that every status is counted as succeeded or failed. `planned` are future occurrences; `peak` is the maximum
    that are due in the same second, for the first time at `peak_at`. `missing` are past occurrences without a run.
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
    """A period, divided into spans.

    `slots` are those of the online workers: a peak above them is a collision. `is_estimated`: a schedule has too many
    occurrences to compute each, and the rest is extrapolated. `tasks_left_out` are tasks with schedules that are not
    included. `missing_since` is the time from which missing occurrences are known, or None.
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
    """The kind of an entry: a finished run, a future occurrence, or a missing one."""

    RAN = "ran"
    PLANNED = "planned"
    MISSING = "missing"


class AgendaEntry(Output):
    """A run or an occurrence; `at` is the end of a run, or the time at which an occurrence is due."""

    state: AgendaEntryState
    at: Timestamp
    task_id: int
    task_name: str
    run: Run | None = None


class AgendaEntries(Output):
    """The entries of a span, in order of time. `is_capped`: there are more."""

    entries: list[AgendaEntry]
    is_capped: bool = False
