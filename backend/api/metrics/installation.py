"""What every replica reports alike: sums over the database."""

from collections.abc import Iterator, Mapping

from prometheus_client.metrics_core import Metric

from backend.api.metrics.families import counter, counters, gauge, gauges, stored_histogram
from backend.metric_kinds import DURATION_BUCKETS, LATENCY_BUCKETS, CountKind
from backend.queue.figures import Figures
from backend.workers.registry import WorkerCounts
from shared.enums import FINAL_STATUSES, RunTrigger

_ALIKE = "The same from every replica"

Counted = Mapping[CountKind, Mapping[str, float]]


def counted_metrics(counted: Counted) -> Iterator[Metric]:
    """Yield the counters, which survive restarts."""
    by_status = [([status.value], counted[CountKind.RUNS_ENDED].get(status, 0.0)) for status in sorted(FINAL_STATUSES)]
    yield counters(
        "scheduler_tasks",
        f"Runs that ended, by status; of a fan-out its child runs count. {_ALIKE}.",
        ["status"],
        by_status,
    )
    yield stored_histogram(
        "scheduler_task_duration_seconds",
        f"Duration of the last attempt of runs that ended. {_ALIKE}.",
        DURATION_BUCKETS,
        counted[CountKind.RUN_DURATION],
    )
    by_trigger = [([trigger.value], counted[CountKind.RUNS_CREATED].get(trigger, 0.0)) for trigger in RunTrigger]
    yield counters("scheduler_runs_created", f"Runs that were created, by trigger. {_ALIKE}.", ["trigger"], by_trigger)
    yield stored_histogram(
        "scheduler_dispatch_latency_seconds",
        f"Time from a run's creation until it was sent to a worker for its first attempt. {_ALIKE}.",
        LATENCY_BUCKETS,
        counted[CountKind.DISPATCH_LATENCY],
    )
    yield stored_histogram(
        "scheduler_schedule_lag_seconds",
        f"Time from an occurrence of a schedule until its run was created. {_ALIKE}.",
        LATENCY_BUCKETS,
        counted[CountKind.SCHEDULE_LAG],
    )
    for kind, name, meaning in (
        (CountKind.RETRIES, "scheduler_retries", "Attempts that failed and are followed by another"),
        (CountKind.WORKERS_LOST, "scheduler_workers_lost", "Times that a worker stopped sending heartbeats"),
        (CountKind.SUPERSEDED_RESULTS, "scheduler_results_superseded", "Results of attempts that counted as lost"),
        (CountKind.LEADER_CHANGES, "scheduler_leader_changes", "Times that a replica came to lead"),
    ):
        yield counter(name, f"{meaning}. {_ALIKE}.", counted[kind].get("", 0.0))
    yield counters(
        "scheduler_messages_refused",
        f"Messages on the broker that were refused, by queue and reason. {_ALIKE}.",
        ["queue", "reason"],
        [(label.split(" ", 1), value) for label, value in counted[CountKind.REFUSED_MESSAGES].items()],
    )
    for kind, name, meaning in (
        (CountKind.HEARTBEATS_SENT, "scheduler_outside_heartbeats", "Calls of TASKDECK_HEARTBEAT_URL"),
        (CountKind.ALERT_DELIVERIES, "scheduler_alert_deliveries", "Attempts to deliver alerts"),
    ):
        by_outcome = [([outcome], counted[kind].get(outcome, 0.0)) for outcome in ("ok", "failed")]
        yield counters(name, f"{meaning}, by outcome. {_ALIKE}.", ["outcome"], by_outcome)


def worker_metrics(workers: WorkerCounts) -> Iterator[Metric]:
    """Yield the numbers of workers and slots."""
    yield gauge("scheduler_active_workers", f"Workers that accept runs. {_ALIKE}.", workers.online)
    yield gauge("scheduler_draining_workers", f"Workers that finish their runs and stop. {_ALIKE}.", workers.draining)
    yield gauge("scheduler_lost_workers", f"Workers that stopped sending heartbeats. {_ALIKE}.", workers.lost)
    yield gauge("scheduler_worker_slots", f"Slots of live workers. {_ALIKE}.", workers.slots)


def sampled_metrics(figures: Figures, *, age_seconds: float) -> Iterator[Metric]:
    """Yield what the leader sampled `age_seconds` ago."""
    depth, stats = figures.depth, figures.stats
    by_priority = {priority.value: float(count) for priority, count in depth.by_priority.items()}
    yield gauges(
        "scheduler_queue_depth", f"Runs that wait for a worker, by priority. {_ALIKE}.", "priority", by_priority
    )
    yield gauge("scheduler_runs_blocked", f"Runs that wait for other tasks. {_ALIKE}.", depth.blocked)
    yield gauge("scheduler_runs_in_flight", f"Runs that workers hold. {_ALIKE}.", depth.in_flight)
    stuck = sum(one.runs for one in depth.unschedulable)
    yield gauge("scheduler_runs_unschedulable", f"Waiting runs that no online worker accepts. {_ALIKE}.", stuck)
    oldest = 0.0 if depth.oldest_waiting_seconds is None else depth.oldest_waiting_seconds + age_seconds
    yield gauge("scheduler_oldest_waiting_seconds", f"Age of the oldest waiting run. {_ALIKE}.", oldest)
    yield gauge("scheduler_tasks_defined", f"Tasks that are not deleted. {_ALIKE}.", stats.tasks_total)
    faults = {kind.value: float(count) for kind, count in figures.faults.items()}
    yield gauges("scheduler_faults", f"What was set aside or restarted, by kind. {_ALIKE}.", "kind", faults)
    yield gauge(
        "scheduler_queue_sample_age_seconds",
        f"Age of the sample of queue, runs and faults; it grows while no replica leads. {_ALIKE}.",
        age_seconds,
    )
