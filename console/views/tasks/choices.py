"""The choices of the task editor with their texts."""

from console.views.tasks.http_request import JSON_BODY, NO_BODY, TEXT_BODY
from console.words import tr
from shared.enums import (
    CalendarPolicy,
    MisfirePolicy,
    OnWorkerLost,
    OverlapPolicy,
    Priority,
    RetryBackoff,
    RunDistribution,
    TaskStatus,
)
from shared.models.system import ExecutorInfo


def executor_words(executor: ExecutorInfo) -> str:
    """Return what an executor does: of those that come with a worker in the person's language."""
    known = {
        "shell": tr("Runs a command line with /bin/sh, or a script that begins with #!."),
        "http": tr("Sends an HTTP request and checks the response status, by default 2xx."),
        "noop": tr("Does nothing and succeeds."),
        "python": tr("Calls a Python function, such as reports.daily:send, with JSON arguments."),
    }
    return known.get(executor.name, executor.description)


def overlap_choices() -> list[tuple[str, str]]:
    """Return what each overlap policy does, in words."""
    return [
        (OverlapPolicy.QUEUE, tr("queue one run")),
        (OverlapPolicy.QUEUE_ALL, tr("queue every run")),
        (OverlapPolicy.ALLOW, tr("run in parallel")),
        (OverlapPolicy.SKIP, tr("skip this run")),
        (OverlapPolicy.REPLACE, tr("cancel the previous run")),
    ]


def misfire_choices() -> list[tuple[str, str]]:
    """Return what each misfire policy does, in words."""
    return [
        (MisfirePolicy.FIRE_ONCE, tr("run once")),
        (MisfirePolicy.FIRE_ALL, tr("run each of them")),
        (MisfirePolicy.SKIP, tr("skip them")),
    ]


def calendar_choices() -> list[tuple[str, str]]:
    """Return what each calendar policy does, in words."""
    return [
        (CalendarPolicy.SKIP, tr("is skipped")),
        (CalendarPolicy.NEXT_WORKING_DAY, tr("moves to the next working day")),
    ]


def distribution_choices() -> list[tuple[str, str]]:
    """Return what each distribution does, in words."""
    return [
        (RunDistribution.SINGLE, tr("on one worker")),
        (RunDistribution.BROADCAST, tr("once on each matching worker")),
        (RunDistribution.SHARDED, tr("as numbered shards")),
    ]


def status_choices() -> list[tuple[str, str]]:
    """Return the states of a schedule, in words."""
    return [(TaskStatus.ACTIVE, tr("active")), (TaskStatus.PAUSED, tr("paused"))]


def body_choices() -> list[tuple[str, str]]:
    """Return what an HTTP request can have as its body, in words."""
    return [(NO_BODY, tr("none")), (JSON_BODY, tr("JSON")), (TEXT_BODY, tr("text"))]


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
    """Return what each policy for lost workers does, in words."""
    return [
        (OnWorkerLost.RETRY, tr("re-run on another worker (at least once)")),
        (OnWorkerLost.FAIL, tr("mark it as failed (at most once)")),
    ]
