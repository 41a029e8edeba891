"""The columns of the tasks' table."""

from console.status_words import last_run_words
from console.theme.current import monospace
from console.theme.glyphs import GLYPH_OF, Glyph
from console.views.tasks.choices import priority_choices
from console.views.tasks.outcome_bars import WIDTH, draw_bars, outcome_lines, outcome_words
from console.views.tasks.outcomes import RecentOutcomes
from console.widgets.table_model import Column
from console.words import Times, absolute, duration, enumeration, tr
from shared.enums import TaskStatus
from shared.models.task import Task


def task_glyph(task: Task) -> Glyph:
    """Return the shape of a task: paused, or how its last run is."""
    if task.status is TaskStatus.PAUSED:
        return Glyph.RING_BAR
    return GLYPH_OF[task.last_run.status] if task.last_run else Glyph.RING


def _last(task: Task, times: Times) -> str:
    if task.last_run is None:
        return tr("never")
    at = task.last_run.completed_at or task.last_run.started_at
    return last_run_words(task.last_run.status, at, times)


def _labels(task: Task) -> str:
    return enumeration(f"{name}={value}" if value else name for name, value in task.labels.items())


def task_columns(outcomes: RecentOutcomes, times: Times) -> list[Column[Task]]:
    """Return the columns; `outcomes` knows how the last runs ended."""
    priorities = dict(priority_choices())
    return [
        Column(
            tr("Task"),
            lambda task: task.name,
            sort="name",
            glyph=task_glyph,
            stretches=True,
            tooltip=lambda task: f"{task.name}\n{task.description or ''}".strip(),
        ),
        Column(
            tr("Folder"),
            lambda task: task.folder,
            widest="examples/pipeline",
            sort="folder",
            is_muted=True,
            goes_at=4,
            grows=True,
        ),
        Column(tr("Executor"), lambda task: task.executor, widest="python", sort="executor", is_muted=True, goes_at=5),
        Column(
            tr("Schedule"),
            lambda task: task.schedule or "",
            widest="*/10 8-18 * * 1-5",
            font=monospace(),
            tooltip=lambda task: f"{task.schedule or ''} {task.timezone}",
            name="schedule",
            goes_at=1,
        ),
        Column(
            tr("Next"),
            lambda task: tr("paused") if task.status is TaskStatus.PAUSED else times.due(task.next_run_at),
            widest="in 59 min",
            sort="next_run_at",
            is_muted=True,
            tooltip=lambda task: absolute(task.next_run_at),
        ),
        Column(
            tr("Last 20 runs"),
            lambda task: outcome_words(outcomes.of(task.id)),
            draw=lambda painter, box, task, palette: draw_bars(painter, box, outcomes.of(task.id), palette),
            tooltip=lambda task: outcome_lines(outcomes.of(task.id), times),
            widest_pixels=WIDTH,
            name="outcomes",
            goes_at=2,
        ),
        Column(
            tr("Last run"),
            lambda task: _last(task, times),
            widest="Succeeded 59 min ago",
            is_muted=True,
            tooltip=lambda task: absolute(task.last_run.completed_at) if task.last_run else "",
            name="last_run",
        ),
        Column(
            tr("Duration"),
            lambda task: duration(task.last_run.execution_time_ms) if task.last_run else "",
            widest=duration(999),
            is_number=True,
            is_muted=True,
            name="took",
            goes_at=3,
        ),
        Column(
            tr("Priority"),
            lambda task: priorities[task.priority],
            widest="critical",
            sort="priority",
            is_muted=True,
            is_extra=True,
        ),
        Column(tr("Labels"), _labels, widest="team=billing", is_muted=True, grows=True, is_extra=True, name="labels"),
        Column(
            tr("Time zone"),
            lambda task: task.timezone,
            widest="Europe/Berlin",
            is_muted=True,
            is_extra=True,
            name="timezone",
        ),
        Column(
            tr("Changed"),
            lambda task: times.show(task.updated_at),
            widest="59 min ago",
            sort="updated_at",
            is_muted=True,
            is_extra=True,
            tooltip=lambda task: absolute(task.updated_at),
        ),
    ]
