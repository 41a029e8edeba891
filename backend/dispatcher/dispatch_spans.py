"""A span for each run that is sent to a worker, of which the worker's span is the child."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from backend.broker.messages import Assignment
from backend.tracing.tracer import Span, Tracer

Batches = Mapping[str, Sequence[Assignment]]


@contextmanager
def dispatch_spans(tracer: Tracer, batches: Batches) -> Iterator[Batches]:
    """Yield the assignments of each worker with the traces of their spans, which end with the block."""
    if not tracer.is_on:
        yield batches
        return
    spans: list[Span] = []

    def traced(worker_id: str, assignment: Assignment) -> Assignment:
        span = tracer.start(
            "task_dispatch",
            kind="producer",
            parent=assignment.traceparent,
            attributes={
                "task.id": assignment.task_id,
                "run.id": assignment.run_id,
                "attempt": assignment.attempt,
                "worker.id": worker_id,
            },
        )
        spans.append(span)
        return replace(assignment, traceparent=span.traceparent)

    try:
        yield {worker_id: [traced(worker_id, one) for one in batch] for worker_id, batch in batches.items()}
    finally:
        for span in spans:
            span.end()
