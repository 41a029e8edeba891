"""What each choice of the task editor does, in words."""

from console.words import tr
from shared.enums import (
    CalendarPolicy,
    MisfirePolicy,
    OnWorkerLost,
    OverlapPolicy,
    Priority,
    RetryBackoff,
    RunDistribution,
)
from shared.models.system import ExecutorInfo


def executor_words(executor: ExecutorInfo) -> str:
    """Return what an executor does: of those that come with a worker in the person's language."""
    known = {
        "shell": tr("Runs a command line by /bin/sh, or a whole script that begins with #!."),
        "http": tr("Sends an HTTP request and expects a status, 2xx by default."),
        "noop": tr("Does nothing and succeeds."),
    }
    return known.get(executor.name, executor.description)


def overlap_choices() -> list[tuple[str, str]]:
    """Return what each overlap policy does, in words."""
    return [
        (OverlapPolicy.QUEUE, tr("wait for it, one at most")),
        (OverlapPolicy.QUEUE_ALL, tr("wait for it, all of them")),
        (OverlapPolicy.ALLOW, tr("run beside it")),
        (OverlapPolicy.SKIP, tr("skip this time")),
        (OverlapPolicy.REPLACE, tr("cancel it and run")),
    ]


def misfire_choices() -> list[tuple[str, str]]:
    """Return what each misfire policy does, in words."""
    return [
        (MisfirePolicy.FIRE_ONCE, tr("run once for all of them")),
        (MisfirePolicy.FIRE_ALL, tr("run for each of them")),
        (MisfirePolicy.SKIP, tr("let them go")),
    ]


def calendar_choices() -> list[tuple[str, str]]:
    """Return what becomes of an occurrence on a day off, in words."""
    return [
        (CalendarPolicy.SKIP, tr("is left out")),
        (CalendarPolicy.NEXT_WORKING_DAY, tr("moves to the next working day")),
    ]


def distribution_choices() -> list[tuple[str, str]]:
    """Return on how many workers a run goes, in words."""
    return [
        (RunDistribution.SINGLE, tr("on one worker")),
        (RunDistribution.BROADCAST, tr("once on every matching worker")),
        (RunDistribution.SHARDED, tr("as numbered shards")),
    ]


def yes_no_choices() -> list[tuple[str, str]]:
    """Return yes and no."""
    return [("yes", tr("yes")), ("no", tr("no"))]


def priority_choices() -> list[tuple[str, str]]:
    """Return the priorities in words."""
    return [
        (Priority.CRITICAL, tr("critical")),
        (Priority.HIGH, tr("high")),
        (Priority.NORMAL, tr("normal")),
        (Priority.LOW, tr("low")),
    ]


def backoff_choices() -> list[tuple[str, str]]:
    """Return how the delay grows, in words."""
    return [(RetryBackoff.EXPONENTIAL, tr("doubles each time")), (RetryBackoff.FIXED, tr("stays the same"))]


def lost_choices() -> list[tuple[str, str]]:
    """Return what becomes of a run whose worker is lost, in words."""
    return [
        (OnWorkerLost.RETRY, tr("run it again elsewhere (at least once)")),
        (OnWorkerLost.FAIL, tr("let it fail (at most once)")),
    ]
