"""What limits a task's runs, where they run and what happens when they fail, as facts. Pure."""

from datetime import timedelta

from console.views.tasks.choices import (
    backoff_choices,
    distribution_choices,
    lost_choices,
    misfire_choices,
    overlap_choices,
    priority_choices,
)
from console.widgets.linked_facts import Fact
from console.words import enumeration, fill, number, tr
from shared.enums import RunDistribution
from shared.models.task import Task
from shared.schedule.durations import duration_parts


def length(seconds: int | None) -> str:
    """Return a duration in words, with all its units; empty for None."""
    if seconds is None:
        return ""
    words = {"d": tr("%1 d"), "h": tr("%1 h"), "m": tr("%1 min"), "s": tr("%1 s")}
    parts = [fill(words[unit], count) for count, unit in duration_parts(timedelta(seconds=seconds))]
    return " ".join(parts) or fill(words["s"], 0)


def limit_facts(task: Task) -> list[Fact]:
    """Return what limits a task's runs; a fact without a value has an empty text."""
    group = task.concurrency_group or ""
    at_once = number(task.max_concurrency) if task.max_concurrency is not None else ""
    return [
        Fact(tr("Priority"), dict(priority_choices())[task.priority]),
        Fact(tr("Concurrent runs"), tr("%1 at most", at_once) if at_once else ""),
        Fact(tr("Concurrency group"), group, "policies", {"page": "concurrency-groups"}),
        Fact(tr("If still running"), dict(overlap_choices())[task.overlap_policy] if task.schedule else ""),
        Fact(tr("Timeout"), length(task.timeout_seconds)),
        Fact(tr("Maximum wait"), length(task.queue_timeout_seconds)),
        Fact(tr("Expected duration"), length(task.expected_duration_seconds)),
        Fact(tr("Alert if not started within"), length(task.late_after_seconds)),
        Fact(tr("Retries"), retry_words(task), tip=retry_details(task)),
        Fact(tr("Total time limit"), length(task.retry_timeout_seconds)),
        Fact(tr("If the worker is lost"), dict(lost_choices())[task.on_worker_lost]),
        Fact(
            tr("Paused after"),
            "" if task.pause_after_failures is None else tr("%1 failures in a row", number(task.pause_after_failures)),
        ),
        Fact(tr("Retention"), retention_words(task)),
    ]


def placement_facts(task: Task) -> list[Fact]:
    """Return which workers run a task, and what its command may use there."""
    ways = dict(distribution_choices())
    shards = task.distribution is RunDistribution.SHARDED and task.shard_count is not None
    return [
        Fact(tr("Executor"), task.executor),
        Fact(tr("Task type"), task.task_type if task.task_type != task.executor else ""),
        Fact(tr("Worker labels"), labels_words(task.worker_labels)),
        Fact(
            tr("Distribution"),
            tr("%1 shards", number(task.shard_count or 0))
            if shards
            else ("" if task.distribution is RunDistribution.SINGLE else ways[task.distribution]),
        ),
        Fact(tr("Run as user"), task.run_as or ""),
        Fact(tr("Memory limit"), "" if task.max_memory_mb is None else tr("%1 MiB", number(task.max_memory_mb))),
        Fact(tr("CPU time limit"), length(task.max_cpu_seconds)),
        Fact(tr("Open file limit"), "" if task.max_open_files is None else number(task.max_open_files)),
    ]


def schedule_facts(task: Task) -> list[Fact]:
    """Return what a task's schedule is bound by."""
    if task.schedule is None:
        return []
    return [
        Fact(tr("Schedule"), task.schedule),
        Fact(tr("Time zone"), task.timezone),
        Fact(tr("Calendar"), task.calendar or "", "policies", {"page": "calendars"}),
        Fact(tr("Random delay"), length(task.jitter_seconds) if task.jitter_seconds else ""),
        Fact(tr("Missed runs"), dict(misfire_choices())[task.misfire_policy]),
        Fact(tr("Blackouts"), number(len(task.blackouts)) if task.blackouts else ""),
    ]


def retry_words(task: Task) -> str:
    """Return how often a failed run is retried."""
    return tr("none") if not task.retry_count else tr("up to %1", number(task.retry_count))


def retry_details(task: Task) -> str:
    """Return the delay between attempts; empty without retries."""
    if not task.retry_count:
        return ""
    first, growth = length(task.retry_delay_seconds), dict(backoff_choices())[task.retry_backoff]
    return tr("The first delay is %1; the delay %2.", first, growth)


def retention_words(task: Task) -> str:
    """Return how long a task's runs are stored; empty where the installation decides."""
    parts = [
        tr("the last %1 runs", number(task.keep_runs)) if task.keep_runs is not None else "",
        tr("%1 days", number(task.keep_days)) if task.keep_days is not None else "",
    ]
    return enumeration(part for part in parts if part)


def labels_words(labels: dict[str, str]) -> str:
    """Return labels as people write them."""
    return enumeration(f"{name}={value}" if value else name for name, value in sorted(labels.items()))
