"""Renders the figures of the queue as Prometheus metrics."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, ProcessCollector, generate_latest

from backend.broker.gate import Refused
from backend.loop_watchdog import LoopLag
from backend.queue.depth import Figures


@dataclass(frozen=True, slots=True)
class MetricsText:
    """Metrics as Prometheus reads them."""

    text: str
    content_type: str


def metrics_text(figures: Figures, lag: LoopLag, refused: Mapping[tuple[str, Refused], int]) -> MetricsText:
    """Return the metrics."""
    stats, depth = figures.stats, figures.depth
    registry = CollectorRegistry()
    ProcessCollector(namespace="taskdeck", registry=registry)

    def gauge(name: str, meaning: str, value: float) -> None:
        Gauge(f"taskdeck_{name}", meaning, registry=registry).set(value)

    waiting = Gauge("taskdeck_runs_waiting", "Runs that wait for a worker.", ["priority"], registry=registry)
    for priority, count in depth.by_priority.items():
        waiting.labels(priority).set(count)
    by_type = Gauge(
        "taskdeck_runs_waiting_by_task_type",
        "Waiting runs by task type.",
        ["task_type"],
        registry=registry,
    )
    for task_type, count in depth.by_task_type.items():
        by_type.labels(task_type).set(count)
    gauge("runs_unschedulable", "Runs that no online worker accepts.", sum(one.runs for one in depth.unschedulable))
    gauge("runs_blocked", "Runs that wait for other tasks.", depth.blocked)
    gauge("runs_in_flight", "Runs that workers hold.", depth.in_flight)
    gauge("oldest_waiting_seconds", "Age of the oldest waiting run.", depth.oldest_waiting_seconds or 0)
    gauge("tasks", "Tasks that are not deleted.", stats.tasks_total)
    gauge("workers_online", "Workers that accept runs.", stats.workers_online)
    gauge("workers_lost", "Workers that stopped sending heartbeats.", stats.workers_lost)
    gauge("slots", "Slots of live workers.", stats.slots_total)
    gauge("runs_succeeded_last_hour", "Runs that succeeded in the last hour.", stats.succeeded_last_hour)
    gauge("runs_failed_last_hour", "Runs that failed in the last hour.", stats.failed_last_hour)
    if stats.start_latency_p99_ms is not None:
        gauge(
            "start_latency_p99_seconds",
            "Time from queued to started of the newest thousand runs, 99th percentile.",
            stats.start_latency_p99_ms / 1000,
        )
    gauge("event_loop_lag_seconds", "Greatest lag of the event loop in the last minute.", lag.recent_seconds)
    gauge("event_loop_lag_greatest_seconds", "Greatest lag of the event loop since the start.", lag.greatest_seconds)
    faults = Gauge("taskdeck_faults", "What was set aside or restarted, by kind.", ["kind"], registry=registry)
    for kind, count in figures.faults.items():
        faults.labels(kind).set(count)
    refusals = Counter(
        "taskdeck_messages_refused",
        "Messages on the broker that this replica refused since its start, by queue and reason.",
        ["queue", "reason"],
        registry=registry,
    )
    for (queue, reason), count in refused.items():
        refusals.labels(queue, reason.name.lower()).inc(count)
    gauge("event_loop_tasks", "asyncio tasks of the replica that answers.", len(asyncio.all_tasks()))
    return MetricsText(generate_latest(registry).decode(), CONTENT_TYPE_LATEST)
