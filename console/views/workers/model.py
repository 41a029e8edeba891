"""The columns of the workers' table."""

from datetime import datetime

from console.status_words import status_words
from console.theme.glyphs import GLYPH_OF
from console.views.overview.short_lists import LATE_HEARTBEAT_SECONDS
from console.widgets.table_model import Column
from console.words import Times, absolute, enumeration, percent, span, tr
from shared.enums import WorkerKeyState, WorkerStatus
from shared.models.worker import Worker

GONE = (WorkerStatus.OFFLINE, WorkerStatus.LOST)
SPARK = 3
"""Which column shows the slots in use over the last hour."""


def label_words(worker: Worker) -> str:
    """Return a worker's labels in one line."""
    return enumeration(f"{name}={value}" for name, value in worker.labels.items())


def takes_words(worker: Worker) -> str:
    """Return which types of task a worker takes."""
    return tr("all types") if "*" in worker.task_types else enumeration(worker.task_types)


def heartbeat_age(worker: Worker, now: datetime) -> float:
    """Return the seconds since the last heartbeat."""
    if worker.last_heartbeat_at is None:
        return 0.0
    return max((now - worker.last_heartbeat_at).total_seconds(), 0.0)


def is_late(worker: Worker, now: datetime) -> bool:
    """Whether a worker that should beat has not for too long."""
    return worker.status not in GONE and heartbeat_age(worker, now) > LATE_HEARTBEAT_SECONDS


def memory_words(memory_bytes: int | None) -> str:
    """Return an amount of memory."""
    if memory_bytes is None:
        return ""
    return f"{memory_bytes / 2**30:.1f} GiB" if memory_bytes >= 2**30 else f"{memory_bytes / 2**20:.0f} MiB"


def uptime_words(worker: Worker, now: datetime) -> str:
    """Return how long a worker has lived; nothing for one that does not."""
    if worker.started_at is None or worker.status in GONE:
        return ""
    return span((now - worker.started_at).total_seconds())


def worker_status(worker: Worker) -> str:
    """Return the status of a worker, in one word."""
    return tr("Refused") if worker.refusal is not None and worker.status in GONE else status_words(worker.status)


def refusal_words(worker: Worker) -> str:
    """Return what is refused in a worker's name, and the next step; empty if nothing is."""
    if worker.refusal is None:
        return ""
    if worker.status in GONE:
        return tr("What it sends is refused, because it has no valid key. Enroll it, and start it with the new key.")
    return tr("Messages in its name are refused. If it works, somebody else on the broker sends them.")


def key_words(worker: Worker) -> str:
    """Return since when a worker has its key; empty where keys are not used."""
    if worker.key_state is WorkerKeyState.REVOKED:
        return tr("revoked")
    return absolute(worker.enrolled_at) if worker.key_state is WorkerKeyState.ENROLLED else ""


def worker_columns(times: Times) -> list[Column[Worker]]:
    """Return the columns of the workers' table."""
    return [
        Column(
            tr("Worker"),
            lambda worker: worker.id,
            glyph=lambda worker: GLYPH_OF[worker.status],
            stretches=True,
            tooltip=lambda worker: f"{worker.id}\n{worker.hostname}",
        ),
        Column(
            tr("Status"),
            worker_status,
            widest="Draining",
            is_bad=lambda worker: worker.status is WorkerStatus.LOST or worker.refusal is not None,
            tooltip=lambda worker: refusal_words(worker) or worker_status(worker),
        ),
        Column(
            tr("Slots"),
            lambda worker: f"{worker.current_task_count}/{worker.slots}",
            widest="999/999",
            share=lambda worker: worker.current_task_count / max(worker.slots, 1),
            is_number=True,
            goes_at=1,
        ),
        Column(tr("Last hour"), lambda _worker: "", widest="0000000000000", goes_at=2),
        Column(
            tr("Heartbeat"),
            lambda worker: times.show(worker.last_heartbeat_at),
            widest="59 min ago",
            is_muted=True,
            is_bad=lambda worker: is_late(worker, times.now()),
            tooltip=lambda worker: absolute(worker.last_heartbeat_at),
            goes_at=1,
        ),
        Column(
            tr("CPU"),
            lambda worker: "" if worker.cpu_percent is None else percent(round(worker.cpu_percent)),
            widest="1000 %",
            is_number=True,
            is_muted=True,
            goes_at=2,
        ),
        Column(
            tr("Memory"),
            lambda worker: memory_words(worker.memory_bytes),
            widest="9999 MiB",
            is_number=True,
            is_muted=True,
            goes_at=2,
        ),
        Column(
            tr("Task types"),
            takes_words,
            widest=tr("all types"),
            is_muted=True,
            goes_at=4,
            grows=True,
            tooltip=takes_words,
        ),
        Column(
            tr("Labels"), label_words, widest="zone=eu-west", is_muted=True, grows=True, tooltip=label_words, goes_at=5
        ),
        Column(
            tr("Uptime"),
            lambda worker: uptime_words(worker, times.now()),
            widest="59 min",
            is_number=True,
            is_muted=True,
            tooltip=lambda worker: absolute(worker.started_at),
            goes_at=3,
        ),
        Column(tr("Version"), lambda worker: worker.version, widest="10.10.10", is_muted=True, goes_at=6),
    ]


def fits(worker: Worker, words: str) -> bool:
    """Whether a worker is looked for by `words`, in lower case: its name, host, version, or a label as name=value."""
    labels = (f"{name}={value}" for name, value in worker.labels.items())
    return any(words in text.lower() for text in (worker.id, worker.hostname, worker.version, *labels))
