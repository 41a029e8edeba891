"""Reads what the metrics show, and renders it as Prometheus reads it."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from backend.api.metrics.former_names import former_metrics
from backend.api.metrics.installation import counted_metrics, sampled_metrics, worker_metrics
from backend.api.metrics.process import ProcessFigures, process_metrics
from backend.api.open_streams import OpenStreams
from backend.broker.protocol import MessageQueue
from backend.context import ServiceContext
from backend.loop_watchdog import LoopWatchdog
from backend.metric_figures import MetricFigures, read_metric_figures
from backend.process_use import read_process_use
from backend.resource_watch import ResourceWatch
from backend.workers.refused_messages import RefusedMessages
from shared.errors import BrokerUnavailableError

_DEAD_LETTER_SECONDS = 2.0
"""Below the usual timeout of a scrape, 10 s: without the broker the other metrics are served."""


@dataclass(frozen=True, slots=True)
class MetricsText:
    """Metrics as Prometheus reads them."""

    text: str
    content_type: str


class _Given(Collector):
    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        """Override Collector.collect."""
        return self._metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsReader:
    """The parts of a replica that the metrics are about."""

    context: ServiceContext
    broker: MessageQueue
    watchdog: LoopWatchdog
    resources: ResourceWatch
    streams: OpenStreams
    refused: RefusedMessages

    async def read(self) -> MetricsText:
        """Return the metrics. Raises `DatabaseUnavailableError`."""
        stored = await read_metric_figures(self.context)
        own = ProcessFigures(
            use=read_process_use(self.context.database),
            shortages=[one.resource for one in self.resources.shortages],
            pool_waits=self.context.database.pool_waits,
            publish_times=self.broker.publish_times,
            streams=self.streams.total,
            lag=self.watchdog.lag,
            is_leader=self.context.signals.is_leader,
            dead_letters=await self._dead_letters(),
        )
        registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        ProcessCollector(namespace="taskdeck", registry=registry)
        registry.register(_Given(list(self._metrics(stored, own))))
        return MetricsText(generate_latest(registry).decode(), CONTENT_TYPE_LATEST)

    def _metrics(self, stored: MetricFigures, own: ProcessFigures) -> Iterator[Metric]:
        yield from counted_metrics(stored.counted)
        yield from worker_metrics(stored.workers)
        if stored.sampled is not None:
            yield from sampled_metrics(stored.sampled, age_seconds=stored.age_seconds)
        yield from process_metrics(own)
        yield from former_metrics(stored.sampled, stored.workers, own.lag, self.refused.counts)

    async def _dead_letters(self) -> int | None:
        try:
            async with asyncio.timeout(_DEAD_LETTER_SECONDS):
                return await self.broker.dead_letter_count()
        except (BrokerUnavailableError, TimeoutError):
            return None
