"""The end of a trace in the backend: results that are recorded, and attempts of which no worker tells."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.broker.messages import AttemptEnd, WorkerReport
from backend.tracing.tracer import Attributes, Span, Tracer

# By the primary key, before the attempts are ended: a run that is retried forgets when it was dispatched.
LOST = text(
    """
    select id, task_id, traceparent, extract(epoch from coalesce(started_at, dispatched_at))::float8
    from runs where id = any(cast(:run_ids as bigint[]))
    """
)


def _attributes(end: AttemptEnd) -> dict[str, str | int]:
    return {"run.id": end.run_id, "attempt": end.attempt, "outcome": end.result.ending}


@contextmanager
def result_spans(tracer: Tracer, reports: Sequence[WorkerReport]) -> Iterator[None]:
    """Make a span for each result of a worker that traces, for the time in which the block records it."""
    if not tracer.is_on:
        yield
        return
    spans = [
        tracer.start("task_result", kind="consumer", parent=end.traceparent, attributes=_attributes(end))
        for report in reports
        for end in report.finished
        if end.traceparent is not None
    ]
    yield
    for span in spans:
        span.end()


async def begin_lost_spans(connection: AsyncConnection, tracer: Tracer, ends: Sequence[AttemptEnd]) -> list[Span]:
    """Return the spans of attempts that are about to be ended as lost, which their workers will not send."""
    if not tracer.is_on or not ends:
        return []
    rows = await connection.execute(LOST, {"run_ids": [end.run_id for end in ends]})
    known: Mapping[int, tuple[int, str | None, float | None]] = {row[0]: (row[1], row[2], row[3]) for row in rows}
    spans: list[Span] = []
    for end in ends:
        if end.run_id in known:
            task_id, traceparent, began = known[end.run_id]
            attributes: Attributes = _attributes(end) | {"task.id": task_id}
            spans.append(
                tracer.start("task_execution", kind="consumer", parent=traceparent, attributes=attributes, at=began)
            )
    return spans
