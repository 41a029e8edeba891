"""The rows of the queue by task."""

from console.theme.glyphs import Glyph
from console.views.queue.words import reason_words, state_words
from console.waiting_words import waiting_words
from console.widgets.table_model import Column
from console.words import Times, absolute, number, span, tr
from shared.enums import QueueState
from shared.models.queue import QueuedTask

COUNTED_UP_TO = 10_000
"""As the backend counts: so many may be more."""
_GOES_AT = {QueueState.BLOCKED: 5, QueueState.DELAYED: 4, QueueState.HELD: 3, QueueState.READY: 2}


def runs_words(count: int) -> str:
    """Return a number of runs in words."""
    return tr("1 run") if count == 1 else tr("%1 runs", number(count))


def waiting_of(task: QueuedTask) -> int:
    """Return how many runs of a task wait, as far as they are counted."""
    return sum(count for state, count in task.counts.items() if state is not QueueState.RUNNING)


def has_runs(task: QueuedTask) -> bool:
    """Return whether a task still has runs in the queue."""
    return any(task.counts.values())


def without_runs(task: QueuedTask) -> QueuedTask:
    """Return a task whose runs have left the queue, while its row may not move."""
    return task.model_copy(update={"counts": dict.fromkeys(QueueState, 0), "reason": None})


def queued_task_columns(times: Times) -> list[Column[QueuedTask]]:
    """Return the columns: the task, all that waits, each state, and the oldest run."""
    return [
        Column(
            tr("Task"),
            lambda task: task.task_name,
            glyph=lambda task: Glyph.ARC if task.counts[QueueState.RUNNING] else Glyph.RING,
            stretches=True,
            tooltip=lambda task: f"{task.task_name}\n{task.folder}" if task.folder else task.task_name,
        ),
        Column(tr("Waiting"), lambda task: _counted(waiting_of(task)), widest="10,000+", is_number=True),
        *(_state_column(state) for state in QueueState),
        Column(
            tr("Why the oldest waits"),
            lambda task: reason_words(task.reason) if task.reason is not None else "",
            stretches=True,
            is_muted=True,
            tooltip=lambda task: waiting_words(task.reason) if task.reason is not None else "",
        ),
        Column(
            tr("Oldest"),
            lambda task: span((times.now() - task.oldest_queued_at).total_seconds()) if has_runs(task) else "",
            widest="59 min",
            is_number=True,
            is_muted=True,
            tooltip=lambda task: tr("Queued at %1", absolute(task.oldest_queued_at)),
            goes_at=1,
        ),
    ]


def _state_column(state: QueueState) -> Column[QueuedTask]:
    return Column(
        state_words(state),
        lambda task: _counted(task.counts[state]) if task.counts[state] else "",
        widest="10,000+",
        is_number=True,
        is_muted=True,
        goes_at=_GOES_AT.get(state, 0),
    )


def _counted(count: int) -> str:
    return number(count) + ("+" if count >= COUNTED_UP_TO else "")
