"""What makes spans: OpenTelemetry, or nothing where tracing is off."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from backend.tracing.traceparent import span_id_of, trace_id_of

Attributes = Mapping[str, str | int]
SpanKind = Literal["server", "internal", "producer", "consumer"]
"""Whether a span answers a request, stays within a process, or sends or receives a message."""


class Span(Protocol):
    """Something that takes time. One that is never ended is not exported."""

    @property
    def traceparent(self) -> str | None:
        """What makes other spans the children of this one."""

    @property
    def log_ids(self) -> Mapping[str, str]:
        """What lines of the log name it by."""

    def end(self, *, name: str | None = None, error: str | None = None, attributes: Attributes | None = None) -> None:
        """End it now, and name it where its name was not known before; `error` says why it failed."""


class Tracer(Protocol):
    """Makes spans."""

    @property
    def is_on(self) -> bool:
        """Whether spans are exported. What costs something is left out where they are not."""

    def start(
        self,
        name: str,
        *,
        kind: SpanKind,
        parent: str | None,
        attributes: Attributes,
        at: float | None = None,
    ) -> Span:
        """Start a span at a Unix time in seconds, or now; it begins a trace where `parent` is None."""


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A span that is none: the trace goes on as if nothing were between its parent and its children."""

    traceparent: str | None
    log_ids: Mapping[str, str] = field(default_factory=dict)

    def end(self, *, name: str | None = None, error: str | None = None, attributes: Attributes | None = None) -> None:
        """Do nothing."""


class NoTracer:
    """Passes on the trace of the caller, and makes no spans."""

    is_on = False

    def start(
        self,
        name: str,
        *,
        kind: SpanKind,
        parent: str | None,
        attributes: Attributes,
        at: float | None = None,
    ) -> Span:
        return PassedOn(parent)


NO_TRACER = NoTracer()


def log_ids(traceparent: str) -> dict[str, str]:
    """Return the ids of a span as OpenTelemetry names them in logs."""
    return {"trace_id": trace_id_of(traceparent), "span_id": span_id_of(traceparent)}
