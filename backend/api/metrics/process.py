"""What each replica reports of itself."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from prometheus_client.metrics_core import Metric

from backend.api.metrics.families import gauge, gauges, process_histogram
from backend.loop_watchdog import LoopLag
from backend.process_use import RESOURCES, ProcessUse
from backend.seconds_histogram import SecondsHistogram

_OWN = "Of the replica that answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessFigures:
    """What a replica measures of itself; `shortages` are the resources that are almost used up."""

    use: ProcessUse
    shortages: Collection[str]
    pool_waits: SecondsHistogram
    publish_times: SecondsHistogram
    streams: int
    lag: LoopLag
    is_leader: bool
    dead_letters: int | None
    """None where the broker did not answer in time."""


def process_metrics(figures: ProcessFigures) -> Iterator[Metric]:
    """Yield the metrics of this process."""
    use = figures.use
    pool = {"in_use": float(use.pool.in_use), "idle": float(use.pool.idle), "max": float(use.pool.most)}
    yield gauges("scheduler_database_connections", f"Connections of the pool, by state. {_OWN}.", "state", pool)
    yield process_histogram(
        "scheduler_database_pool_wait_seconds", f"Time to get a connection of the pool. {_OWN}.", figures.pool_waits
    )
    yield process_histogram(
        "scheduler_broker_publish_seconds",
        f"Time until the broker had confirmed a message. {_OWN}.",
        figures.publish_times,
    )
    if figures.dead_letters is not None:
        yield gauge("scheduler_dead_letters", "Messages that could not be processed.", figures.dead_letters)
    yield gauge("scheduler_stream_readers", f"Open live streams and followed logs. {_OWN}.", figures.streams)
    yield gauge(
        "scheduler_event_loop_lag_seconds",
        f"Greatest lag of the event loop in the last minute. {_OWN}.",
        figures.lag.recent_seconds,
    )
    yield gauge(
        "scheduler_event_loop_lag_max_seconds",
        f"Greatest lag of the event loop since the start. {_OWN}.",
        figures.lag.greatest_seconds,
    )
    yield gauge("scheduler_event_loop_tasks", f"asyncio tasks. {_OWN}.", use.tasks)
    yield gauge("scheduler_is_leader", f"1 for the replica that dispatches. {_OWN}.", figures.is_leader)
    short = {resource.replace(" ", "_"): float(resource in figures.shortages) for resource in RESOURCES}
    yield gauges("scheduler_resource_shortage", f"1 for what is almost used up. {_OWN}.", "resource", short)
