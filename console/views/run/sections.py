"""Which sections the page of a run has, and in which order: what answers the likely question comes first. Pure."""

from enum import StrEnum

from shared.enums import RunStatus
from shared.models.run import Run

FAILED = (RunStatus.FAILED, RunStatus.TIMED_OUT)


class Section(StrEnum):
    """A section of the page."""

    LOG = "log"
    COMPARISON = "comparison"
    ATTEMPTS = "attempts"
    RESULT = "result"
    INPUTS = "inputs"
    BESIDE = "beside"


def sections_of(run: Run) -> list[Section]:
    """Return the sections that a run has something for.

    Of a failure the log comes first, then what differed from the last success; of a success its result, if it has one.
    What has not run has neither log nor neighbours.
    """
    has_run = run.started_at is not None or run.attempt > 0
    has_result = run.output is not None
    found: list[Section] = []
    if has_result and run.status not in FAILED:
        found.append(Section.RESULT)
    if has_run:
        found.append(Section.LOG)
    if run.status in FAILED:
        found.append(Section.COMPARISON)
    if has_run:
        found.append(Section.ATTEMPTS)
    if has_result and run.status in FAILED:
        found.append(Section.RESULT)
    found.append(Section.INPUTS)
    if run.started_at is not None and run.worker_id:
        found.append(Section.BESIDE)
    return found
