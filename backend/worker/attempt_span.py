"""The span of an attempt: from the moment at which a slot takes it until its result is reported."""

from backend.broker.messages import Assignment, AttemptResult, Ending
from backend.tracing.tracer import PassedOn, Span, Tracer


def begin_attempt_span(tracer: Tracer, assignment: Assignment, *, worker_id: str) -> Span:
    """Start the span `task_execution`, a child of what sent the assignment."""
    if not tracer.is_on:
        return PassedOn(assignment.traceparent)
    return tracer.start(
        "task_execution",
        kind="consumer",
        parent=assignment.traceparent,
        attributes={
            "task.id": assignment.task_id,
            "task.name": assignment.task_name,
            "run.id": assignment.run_id,
            "attempt": assignment.attempt,
            "executor": assignment.executor,
            "worker.id": worker_id,
        },
    )


def end_attempt_span(span: Span, result: AttemptResult) -> None:
    """End it with the outcome, which is an error unless the attempt succeeded; the result has no secrets any more."""
    error = None if result.ending is Ending.SUCCEEDED else result.error or result.ending
    span.end(error=error, attributes={"outcome": result.ending})
