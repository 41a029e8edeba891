"""The workers: what they take, how busy they are, whether they live."""

from datetime import UTC, datetime

from PySide6.QtCore import QTimer

from console.context import Context
from console.link.refresher import Refresher
from console.status_words import status_words
from console.theme.glyphs import GLYPH_OF
from console.views.overview.short_lists import LATE_HEARTBEAT_SECONDS
from console.views.view import View
from console.views.workers.dead_letters import DeadLetterNotice, DeadLettersDialog
from console.widgets.confirm import ConfirmDialog
from console.widgets.data_table import DataTable, RowAction
from console.widgets.filter_bar import FilterBar
from console.widgets.surfaces import Card, EmptyState
from console.widgets.table_model import Column, RowsModel
from console.words import absolute, ago, number, span, tr
from shared.client.stream import StreamEvent
from shared.enums import WorkerStatus
from shared.models.worker import Worker

_PAGE = 500
_TICK_MS = 1000
_GONE = (WorkerStatus.OFFLINE, WorkerStatus.LOST)


def _labels(worker: Worker) -> str:
    return ", ".join(f"{name}={value}" for name, value in worker.labels.items())


def heartbeat_age(worker: Worker, now: datetime) -> float:
    """Return the seconds since the last heartbeat."""
    if worker.last_heartbeat_at is None:
        return 0.0
    return max((now - worker.last_heartbeat_at).total_seconds(), 0.0)


def worker_columns() -> list[Column[Worker]]:
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
            lambda worker: status_words(worker.status),
            widest="Draining",
            is_bad=lambda worker: worker.status is WorkerStatus.LOST,
        ),
        Column(
            tr("Slots"),
            lambda worker: f"{worker.current_task_count}/{worker.slots}",
            widest="9999/9999",
            share=lambda worker: worker.current_task_count / max(worker.slots, 1),
            is_number=True,
        ),
        Column(
            tr("Heartbeat"),
            lambda worker: ago(worker.last_heartbeat_at, datetime.now(UTC)),
            widest="59 min ago",
            is_muted=True,
            is_bad=lambda worker: (
                worker.status not in _GONE and heartbeat_age(worker, datetime.now(UTC)) > LATE_HEARTBEAT_SECONDS
            ),
            tooltip=lambda worker: absolute(worker.last_heartbeat_at),
        ),
        Column(
            tr("CPU"),
            lambda worker: "" if worker.cpu_percent is None else f"{worker.cpu_percent:.0f} %",
            widest="1000 %",
            is_number=True,
            is_muted=True,
        ),
        Column(
            tr("Memory"),
            lambda worker: "" if worker.memory_bytes is None else f"{worker.memory_bytes / 2**20:.0f} MiB",
            widest="99999 MiB",
            is_number=True,
            is_muted=True,
        ),
        Column(
            tr("Takes"), lambda worker: ", ".join(worker.task_types), widest="shell, http", is_muted=True, goes_at=2
        ),
        Column(tr("Labels"), _labels, widest="zone=eu-west", is_muted=True, tooltip=_labels, goes_at=3),
        Column(
            tr("Up"),
            lambda worker: (
                span((datetime.now(UTC) - worker.started_at).total_seconds())
                if worker.started_at and worker.status not in _GONE
                else ""
            ),
            widest="59 min",
            is_number=True,
            is_muted=True,
            tooltip=lambda worker: absolute(worker.started_at),
        ),
        Column(tr("Version"), lambda worker: worker.version, widest="10.10.10", is_muted=True, goes_at=4),
    ]


class WorkersView(View):
    """A live table of workers."""

    name = "workers"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._refresher = Refresher(context.tasks, self._load, name="workers", parent=self)
        self.filter = FilterBar(context.theme)
        self.model: RowsModel[Worker] = RowsModel(worker_columns(), key=lambda worker: worker.id)
        self.table = DataTable(self.model, context.theme, self._actions())
        self.table.delete_wanted.connect(self._ask_forget)
        self._empty = EmptyState()
        self._empty.hide()
        card = Card()
        card.title.hide()
        card.aside.hide()
        card.body.setContentsMargins(1, 1, 1, 8)
        card.body.addWidget(self.table, 1)
        card.body.addWidget(self._empty, 1)
        self.dead_letters = DeadLetterNotice()
        self.dead_letters.opened.connect(self._show_dead_letters)
        self.page.addWidget(self.dead_letters)
        self.page.addWidget(self.filter)
        self.page.addWidget(card, 1)
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MS)
        self._clock.timeout.connect(self._tick)
        context.link.state_changed.connect(lambda: self.table.set_stale(not context.link.is_online))

    def title(self) -> str:
        """Return the title."""
        return tr("Workers")

    def show_with(self, wanted: dict[str, object]) -> None:
        """Mark the worker `worker`."""
        place = self.model.row_of(str(wanted.get("worker")))
        if place is not None:
            self.table.selectRow(place)

    def refresh(self) -> None:
        """Load the workers anew."""
        self._refresher.request()

    def hear(self, event: StreamEvent) -> None:
        """Take a worker's new state as it comes; load anew when one comes or goes."""
        if not event.type.startswith("worker."):
            return
        if event.type == "worker.updated" and self.model.replace(Worker.model_validate(event.data)):
            return
        self.changed()

    def activated(self) -> None:
        """Let times pass."""
        super().activated()
        self._clock.start()

    def _show_dead_letters(self) -> None:
        dialog = DeadLettersDialog(self.context, self)
        dialog.settled.connect(self._refresher.request_now)
        dialog.open()

    def _actions(self) -> list[RowAction[Worker]]:
        return [
            RowAction(
                lambda: tr("Drain: give it no more runs"),
                "drain",
                self._ask_drain,
                applies=lambda worker: worker.status is WorkerStatus.ONLINE,
            ),
            RowAction(
                lambda: tr("Resume: give it runs again"),
                "play",
                lambda workers: self._each("resume", workers),
                applies=lambda worker: worker.status is WorkerStatus.DRAINING,
            ),
            RowAction(
                lambda: tr("Forget it …"),
                "delete",
                self._ask_forget,
                applies=lambda worker: worker.status in _GONE,
            ),
        ]

    def _ask_drain(self, workers: list[Worker]) -> None:
        names = ", ".join(worker.id for worker in workers)
        held = sum(worker.current_task_count for worker in workers)
        dialog = ConfirmDialog(
            self,
            question=tr("Drain %1?").replace("%1", names),
            effect=tr("It is given no more runs; the %1 that it holds go on to their end.").replace("%1", number(held)),
            verb=tr("Drain"),
        )
        dialog.accepted.connect(lambda: self._each("drain", workers))
        dialog.open()

    def _ask_forget(self, workers: list[Worker]) -> None:
        gone = [worker for worker in workers if worker.status in _GONE]
        if not gone:
            return
        names = ", ".join(worker.id for worker in gone)
        dialog = ConfirmDialog(
            self,
            question=tr("Forget %1?").replace("%1", names),
            effect=tr("It leaves the list; its runs stay. If it comes back it is listed again."),
            verb=tr("Forget"),
        )
        dialog.accepted.connect(lambda: self._each("forget", gone))
        dialog.open()

    def _each(self, verb: str, workers: list[Worker]) -> None:
        self.context.tasks.start(self._do_each(verb, workers), name=f"{verb} workers")

    async def _do_each(self, verb: str, workers: list[Worker]) -> None:
        client = self.context.link.client
        for worker in workers:
            if verb == "drain":
                await client.drain_worker(worker.id)
            elif verb == "resume":
                await client.resume_worker(worker.id)
            else:
                await client.delete_worker(worker.id)
        self._refresher.request_now()

    async def _load(self) -> None:
        workers = (await self.context.link.client.list_workers(limit=_PAGE)).data
        await self.dead_letters.load(self.context)
        self.model.set_rows(sorted(workers, key=lambda worker: (worker.status in _GONE, worker.id)))
        online = sum(worker.status is WorkerStatus.ONLINE for worker in workers)
        slots = sum(worker.slots for worker in workers if worker.status is WorkerStatus.ONLINE)
        self.filter.say(tr("%1 online, %2 slots").replace("%1", number(online)).replace("%2", number(slots)))
        self.table.setVisible(bool(workers))
        self._empty.setVisible(not workers)
        self._empty.say(
            tr(
                "No worker is known. Start one where the work is to be done:\n"
                "TASKDECK_BROKER_URL=amqp://… taskdeck worker --slots 8"
            )
        )

    def _tick(self) -> None:
        if self.isVisible():
            self.model.times_passed()
        else:
            self._clock.stop()
