"""Spans of OpenTelemetry, sent over OTLP/HTTP. Where to and how, the SDK reads from the variables OTEL_*."""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    set_span_in_context,
)
from opentelemetry.trace import Span as SdkSpan

from backend.tracing import tracer as contract
from backend.tracing.traceparent import span_id_of, trace_id_of
from shared.version import VERSION

_KINDS: Mapping[contract.SpanKind, SpanKind] = {
    "server": SpanKind.SERVER,
    "internal": SpanKind.INTERNAL,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
}
_NANOSECONDS = 1_000_000_000
_LAST_SECONDS = 2.0
"""How long a process that ends waits for a collector, to which the exporter would try to send for ten seconds."""
_EXPORTER = OTLPSpanExporter.__module__
_MINUTE_SECONDS = 60.0


class _OneAMinute(logging.Filter):
    """Lets one line a minute pass: the exporter logs every attempt to reach a collector."""

    def __init__(self) -> None:
        super().__init__()
        self._next = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        """Override of logging.Filter."""
        if record.created < self._next:
            return False
        self._next = record.created + _MINUTE_SECONDS
        return True


class OtelSpan:
    """A span of the SDK."""

    def __init__(self, span: SdkSpan) -> None:
        self._span = span
        context = span.get_span_context()
        self.traceparent = f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"

    @property
    def log_ids(self) -> Mapping[str, str]:
        return contract.log_ids(self.traceparent)

    def end(
        self, *, name: str | None = None, error: str | None = None, attributes: contract.Attributes | None = None
    ) -> None:
        if name is not None:
            self._span.update_name(name)
        if error is not None:
            self._span.set_status(Status(StatusCode.ERROR, error))
        self._span.set_attributes(dict(attributes or {}))
        self._span.end()


class OtelTracer:
    """Makes spans that a thread of the SDK sends in batches."""

    is_on = True

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def start(
        self,
        name: str,
        *,
        kind: contract.SpanKind,
        parent: str | None,
        attributes: contract.Attributes,
        at: float | None = None,
    ) -> contract.Span:
        return OtelSpan(
            self._tracer.start_span(
                name,
                context=_context(parent),
                kind=_KINDS[kind],
                attributes=dict(attributes),
                start_time=round(at * _NANOSECONDS) if at is not None else None,
            )
        )


def _context(parent: str | None) -> Context:
    if parent is None:
        return Context()
    context = SpanContext(
        trace_id=int(trace_id_of(parent), 16),
        span_id=int(span_id_of(parent), 16),
        is_remote=True,
        trace_flags=TraceFlags(int(parent[-2:], 16)),
    )
    return set_span_in_context(NonRecordingSpan(context), Context())


@contextmanager
def open_tracer(service: str) -> Iterator[OtelTracer]:
    """Yield a tracer whose spans are exported; the last of them at the end of the block.

    `service` is the name of the service unless OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES gives another.
    """
    logging.getLogger(_EXPORTER).addFilter(_OneAMinute())
    ours = Resource({SERVICE_NAME: service, SERVICE_VERSION: VERSION})
    resource = Resource.create().merge(ours).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    try:
        yield OtelTracer(provider.get_tracer("taskdeck", VERSION))
    finally:
        last = threading.Thread(target=provider.shutdown, name="last spans", daemon=True)
        last.start()
        last.join(_LAST_SECONDS)
