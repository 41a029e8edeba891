"""Metrics under the names of the version before; they are removed with the next one."""

import asyncio
from collections.abc import Iterator, Mapping

from prometheus_client.metrics_core import Metric

from backend.api.metrics.families import counters, gauge, gauges
from backend.broker.gate import Refused
from backend.loop_watchdog import LoopLag
from backend.queue.figures import Figures
from backend.workers.registry import WorkerCounts

_MOST_TASK_TYPES = 20
"""Task types are free text: those with the most waiting runs are named, and the others counted together."""
_OTHERS = "others"


def _named(by_task_type: Mapping[str, int]) -> dict[str, float]:
    ranked = sorted(by_task_type.items(), key=lambda item: (-item[1], item[0]))
    named = {task_type: float(count) for task_type, count in ranked[:_MOST_TASK_TYPES]}
    if rest := sum(count for _, count in ranked[_MOST_TASK_TYPES:]):
        named[_OTHERS] = named.get(_OTHERS, 0) + rest
    return named


def former_metrics(
    figures: Figures | None, workers: WorkerCounts, lag: LoopLag, refused: Mapping[tuple[str, Refused], int]
) -> Iterator[Metric]:
    """Yield the metrics as the version before named them."""

    def former(name: str, now: str, value: float) -> Metric:
        return gauge(f"taskdeck_{name}", f"Former name of {now}.", value)

    if figures is not None:
        depth, stats = figures.depth, figures.stats
        by_priority = {priority.value: float(count) for priority, count in depth.by_priority.items()}
        yield gauges("taskdeck_runs_waiting", "Former name of scheduler_queue_depth.", "priority", by_priority)
        yield gauges(
            "taskdeck_runs_waiting_by_task_type",
            f"Waiting runs by task type: the {_MOST_TASK_TYPES} with the most.",
            "task_type",
            _named(depth.by_task_type),
        )
        stuck = sum(one.runs for one in depth.unschedulable)
        yield former("runs_unschedulable", "scheduler_runs_unschedulable", stuck)
        yield former("runs_blocked", "scheduler_runs_blocked", depth.blocked)
        yield former("runs_in_flight", "scheduler_runs_in_flight", depth.in_flight)
        yield former("oldest_waiting_seconds", "scheduler_oldest_waiting_seconds", depth.oldest_waiting_seconds or 0)
        yield former("tasks", "scheduler_tasks_defined", stats.tasks_total)
        ended = "the increase of scheduler_tasks_total in an hour"
        yield former("runs_succeeded_last_hour", ended, stats.succeeded_last_hour)
        yield former("runs_failed_last_hour", ended, stats.failed_last_hour)
        if stats.start_latency_p99_ms is not None:
            latency = "a quantile of scheduler_dispatch_latency_seconds"
            yield former("start_latency_p99_seconds", latency, stats.start_latency_p99_ms / 1000)
        faults = {kind.value: float(count) for kind, count in figures.faults.items()}
        yield gauges("taskdeck_faults", "Former name of scheduler_faults.", "kind", faults)
    yield former("workers_online", "scheduler_active_workers", workers.online)
    yield former("workers_lost", "scheduler_lost_workers", workers.lost)
    yield former("slots", "scheduler_worker_slots", workers.slots)
    yield former("event_loop_lag_seconds", "scheduler_event_loop_lag_seconds", lag.recent_seconds)
    yield former("event_loop_lag_greatest_seconds", "scheduler_event_loop_lag_max_seconds", lag.greatest_seconds)
    yield former("event_loop_tasks", "scheduler_event_loop_tasks", len(asyncio.all_tasks()))
    by_reason = [([queue, reason.name.lower()], float(count)) for (queue, reason), count in refused.items()]
    yield counters(
        "taskdeck_messages_refused",
        "Former name of scheduler_messages_refused; of the replica that answers, since its start.",
        ["queue", "reason"],
        by_reason,
    )
