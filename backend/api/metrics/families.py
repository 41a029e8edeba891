"""Metric families from numbers that others count."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from backend.metric_kinds import ABOVE, SUM
from backend.seconds_histogram import SecondsHistogram


def counter(name: str, meaning: str, value: float) -> Metric:
    """Return a counter without labels."""
    return CounterMetricFamily(name, meaning, value=value)


def counters(name: str, meaning: str, labels: Sequence[str], values: Iterable[tuple[Sequence[str], float]]) -> Metric:
    """Return a counter with labels."""
    family = CounterMetricFamily(name, meaning, labels=labels)
    for label_values, value in values:
        family.add_metric(label_values, value)
    return family


def gauge(name: str, meaning: str, value: float) -> Metric:
    """Return a gauge without labels."""
    return GaugeMetricFamily(name, meaning, value=value)


def gauges(name: str, meaning: str, label: str, values: Mapping[str, float]) -> Metric:
    """Return a gauge with one label."""
    family = GaugeMetricFamily(name, meaning, labels=[label])
    for label_value, value in values.items():
        family.add_metric([label_value], value)
    return family


def stored_histogram(name: str, meaning: str, bounds: Sequence[float], counted: Mapping[str, float]) -> Metric:
    """Return a histogram of counters whose labels are upper bounds."""
    labels = [f"{bound:g}" for bound in bounds] + [ABOVE]
    return _histogram(name, meaning, labels, [counted.get(label, 0.0) for label in labels], counted.get(SUM, 0.0))


def process_histogram(name: str, meaning: str, histogram: SecondsHistogram) -> Metric:
    """Return a histogram of this process."""
    labels = [f"{bound:g}" for bound in histogram.bounds] + [ABOVE]
    return _histogram(name, meaning, labels, histogram.counts, histogram.sum)


def _histogram(name: str, meaning: str, labels: Sequence[str], counts: Sequence[float], total: float) -> Metric:
    buckets = list(zip(labels, accumulate(counts), strict=True))
    return HistogramMetricFamily(name, meaning, buckets=buckets, sum_value=total)
