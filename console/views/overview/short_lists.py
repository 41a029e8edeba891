"""The short tables of the overview."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt

from console.theme.current import Theme
from console.theme.glyphs import GLYPH_OF, Glyph
from console.translation import language
from console.widgets.data_table import DataTable
from console.widgets.row_action import RowAction
from console.widgets.table_model import Column, RowsModel
from console.words import Times, absolute, span, tr
from shared.models.task import Task
from shared.models.worker import Worker
from shared.schedule.description import describe

LATE_HEARTBEAT_SECONDS = 10


def short_table(model: RowsModel[Any], theme: Theme, actions: Sequence[RowAction[Any]] = ()) -> DataTable:
    """Return a table that a card shows a part of; a click opens its rows."""
    table = DataTable(model, theme, actions)
    table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.stretch_minimum = 80
    table.open_by_click()
    return table


def schedule_words(task: Task) -> str:
    """Return a task's schedule as a sentence, or as it is written where it cannot be read."""
    try:
        return describe(task.schedule or "", language=language(), name=task.name)
    except ValueError:
        return task.schedule or ""


def next_up_table(theme: Theme, times: Times) -> tuple[DataTable, RowsModel[Task]]:
    """Return the table of tasks that are due next."""
    model: RowsModel[Task] = RowsModel(
        [
            Column(
                tr("Task"),
                lambda task: task.name,
                glyph=lambda _task: Glyph.RING,
                stretches=True,
                tooltip=lambda task: task.name,
            ),
            Column(
                tr("When"),
                lambda task: times.due(task.next_run_at),
                widest="in 59 min",
                is_muted=True,
                tooltip=lambda task: absolute(task.next_run_at),
            ),
            Column(
                tr("Schedule"),
                schedule_words,
                widest="every 10 minutes",
                is_muted=True,
                grows=True,
                goes_at=1,
                tooltip=lambda task: f"{task.schedule} · {task.timezone}",
            ),
        ],
        key=lambda task: task.id,
    )
    return short_table(model, theme), model


def workers_table(theme: Theme) -> tuple[DataTable, RowsModel[Worker]]:
    """Return the table of workers."""
    model: RowsModel[Worker] = RowsModel(
        [
            Column(
                tr("Worker"),
                lambda worker: worker.id,
                glyph=lambda worker: GLYPH_OF[worker.status],
                stretches=True,
                tooltip=lambda worker: f"{worker.id} · {worker.hostname}",
            ),
            Column(
                tr("Slots"),
                lambda worker: f"{worker.current_task_count}/{worker.slots}",
                widest="99/99",
                share=lambda worker: worker.current_task_count / max(worker.slots, 1),
                is_number=True,
                is_muted=True,
                goes_at=1,
            ),
            Column(
                tr("Last seen"),
                lambda worker: span(worker.heartbeat_age_seconds or 0),
                widest="59 s",
                goes_at=2,
                is_number=True,
                is_muted=True,
                is_bad=lambda worker: (worker.heartbeat_age_seconds or 0) > LATE_HEARTBEAT_SECONDS,
                tooltip=lambda worker: absolute(worker.last_heartbeat_at),
            ),
        ],
        key=lambda worker: worker.id,
    )
    return short_table(model, theme), model
