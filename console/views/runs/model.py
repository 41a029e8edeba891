"""The columns of the runs' table."""

from datetime import datetime

from console.reason_words import reason
from console.status_words import status_words, trigger_words
from console.theme.glyphs import GLYPH_OF
from console.widgets.table_model import Column
from console.words import Times, absolute, duration, tr
from shared.enums import RunStatus
from shared.models.run import Run


def _took(run: Run, now: datetime) -> str:
    if run.status is RunStatus.RUNNING and run.started_at is not None:
        return duration(int((now - run.started_at).total_seconds()) * 1000)
    return duration(run.execution_time_ms)


def run_columns(times: Times) -> list[Column[Run]]:
    """Return the columns of the runs' table."""
    return [
        Column(
            tr("Task"),
            lambda run: run.task_name,
            glyph=lambda run: GLYPH_OF[run.status],
            stretches=True,
            tooltip=lambda run: f"{run.task_name} · {tr('run %1', run.id)}",
        ),
        Column(
            tr("Status"),
            lambda run: status_words(run.status),
            widest="Succeeded",
            tooltip=reason,
            is_bad=lambda run: run.status is RunStatus.FAILED,
            goes_at=1,
        ),
        Column(tr("Trigger"), lambda run: trigger_words(run.trigger), widest="Dependency", is_muted=True, goes_at=4),
        Column(
            tr("Worker"), lambda run: run.worker_id or "", widest="worker-name-12", is_muted=True, goes_at=3, grows=True
        ),
        Column(
            tr("When"),
            lambda run: times.show(run.started_at or run.queued_at),
            widest="59 min ago",
            is_muted=True,
            tooltip=lambda run: absolute(run.started_at or run.queued_at),
            goes_at=1,
        ),
        Column(
            tr("Duration"),
            lambda run: _took(run, times.now()),
            widest="999.9 s",
            sort="execution_time_ms",
            is_number=True,
            is_muted=True,
            goes_at=2,
        ),
        Column(
            tr("Run #"),
            lambda run: str(run.id),
            widest="1234567",
            sort="id",
            is_number=True,
            is_muted=True,
            goes_at=2,
        ),
    ]
