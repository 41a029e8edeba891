"""Which trace new runs belong to: that of the request that creates them, or one of their own."""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from backend.tracing.tracer import Tracer


class TraceOrigin(Protocol):
    """Where the traces of new runs come from."""

    def traceparent(self, *, task_id: int, trigger: str) -> str | None:
        """Return what the spans of a new run are the children of."""


@dataclass(frozen=True, slots=True)
class OneTrace:
    """Every run belongs to the trace of the request."""

    of_request: str

    def traceparent(self, *, task_id: int, trigger: str) -> str | None:
        return self.of_request


@dataclass(frozen=True, slots=True)
class TraceEach:
    """Every run begins a trace, with a span `task_schedule` or by what else created it."""

    tracer: Tracer

    def traceparent(self, *, task_id: int, trigger: str) -> str | None:
        span = self.tracer.start(f"task_{trigger}", kind="internal", parent=None, attributes={"task.id": task_id})
        span.end()
        return span.traceparent


trace_origin: ContextVar[TraceOrigin | None] = ContextVar("trace_origin", default=None)
"""Of the request or the service that is being handled; None where nothing is traced."""
