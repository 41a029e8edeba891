"""What the counters of the installation count, with their labels and bounds."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from enum import StrEnum

DURATION_BUCKETS = (0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0)
"""Upper bounds of the durations of runs, in seconds."""
LATENCY_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 300.0)
"""Upper bounds of times that runs wait, in seconds."""
ABOVE = "+Inf"
"""The label of what is above the last bound."""
SUM = "sum"
"""The label under which a histogram has the sum of what it counts."""


def bucket(bounds: Sequence[float], value: float) -> str:
    """Return the label of a value's bucket: the first bound that is not below it."""
    index = bisect_left(bounds, value)
    return f"{bounds[index]:g}" if index < len(bounds) else ABOVE


class CountKind(StrEnum):
    """What is counted; each has the labels that its comment names."""

    RUNS_ENDED = "runs_ended"  # the run's status
    RUN_DURATION = "run_duration"  # a bucket
    RETRIES = "retries"
    SUPERSEDED_RESULTS = "superseded_results"
    LEADER_CHANGES = "leader_changes"
    WORKERS_LOST = "workers_lost"
    RUNS_CREATED = "runs_created"  # the trigger
    DISPATCH_LATENCY = "dispatch_latency"  # a bucket
    SCHEDULE_LAG = "schedule_lag"  # a bucket
    REFUSED_MESSAGES = "refused_messages"  # queue and reason, joined by a blank
    HEARTBEATS_SENT = "heartbeats_sent"  # the outcome
    ALERT_DELIVERIES = "alert_deliveries"  # the outcome


Counts = Mapping[tuple[CountKind, str], float]
"""What to add, by kind and label."""
