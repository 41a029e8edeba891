"""The workers: what they take, how busy they are, whether they live."""

from datetime import UTC, datetime

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QShortcut

from console.connection.refresher import Refresher
from console.context import Context
from console.feeds.runs import RunEvent
from console.feeds.workers import WorkerEvent
from console.views.view import View
from console.views.workers.actions import WorkerActions
from console.views.workers.dead_letters import DeadLetterNotice, DeadLettersDialog
from console.views.workers.model import GONE, SPARK, worker_columns
from console.views.workers.slots_spark import STEP_SECONDS, WINDOW, SlotsSpark
from console.views.workers.worker_detail import WorkerDetail
from console.widgets.data_table import DataTable
from console.widgets.filter_bar import FilterBar
from console.widgets.remembered_splitter import RememberedSplitter
from console.widgets.surfaces import Card, EmptyState
from console.widgets.table_model import RowsModel
from console.words import number, tr
from shared.enums import EventType, WorkerStatus
from shared.models.worker import Worker

_PAGE = 500
_MOST_SPARKS = 200
_TICK_MS = 1000
_HISTORY_REST_MS = 15_000


class WorkersView(View):
    """A live table of workers, with one of them beside it."""

    name = "workers"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._workers: list[Worker] = []
        self._wanted: str | None = None
        self._refresher = Refresher(context.background, self._load, name="workers", parent=self)
        self._past = Refresher(
            context.background, self._load_history, name="workers' history", rest_ms=_HISTORY_REST_MS, parent=self
        )
        self.filter = FilterBar(context.theme, tr("Worker, host, label or version"))
        self.filter_bars.append(self.filter)
        self.filter.changed.connect(self._show_rows)
        self.worker_actions = WorkerActions(context, self)
        self.worker_actions.done.connect(self._refresher.request_now)
        self.worker_actions.runs_wanted.connect(lambda worker_id: self.follow.emit("runs", {"worker": worker_id}))
        self.model: RowsModel[Worker] = RowsModel(worker_columns(), key=lambda worker: worker.id)
        self.table = DataTable(self.model, context.theme, self.worker_actions.row_actions())
        self.add_tables(self.table)
        self.sparks = SlotsSpark(context.theme, self.table)
        self.table.setItemDelegateForColumn(SPARK, self.sparks)
        self.table.delete_wanted.connect(self.worker_actions.remove)
        self.table.opened.connect(lambda worker: self.open(worker.id))
        self.table.clicked.connect(lambda index: self.open(self.model.rows[index.row()].id))
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
        self.detail = WorkerDetail(context)
        self.detail.setMinimumWidth(360)
        self.add_tables(self.detail.table)
        self.detail.hide()
        self.detail.closed.connect(self.close_detail)
        self.detail.run_wanted.connect(lambda run_id: self.follow.emit("runs", {"run": run_id}))
        self.detail.runs_wanted.connect(lambda worker_id: self.follow.emit("runs", {"worker": worker_id}))
        self.detail.drain_wanted.connect(lambda worker: self.worker_actions.drain([worker]))
        self.detail.resume_wanted.connect(lambda worker: self.worker_actions.resume([worker]))
        self.detail.remove_wanted.connect(lambda worker: self.worker_actions.remove([worker]))
        self._splitter = RememberedSplitter(context.memory, "workers", card, self.detail, usual=(60, 40))
        self.page.addWidget(self.filter)
        self.page.addWidget(self._splitter, 1)
        QShortcut(QKeySequence("Esc"), self).activated.connect(self.close_detail)
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MS)
        self._clock.timeout.connect(self._tick)
        context.feeds.runs.changed.connect(self._run_changed)
        context.feeds.workers.changed.connect(self._worker_changed)
        context.connection.state_changed.connect(lambda: self.table.set_stale(not context.connection.is_online))

    def title(self) -> str:
        """Return the title."""
        return tr("Workers")

    def focus_filter(self) -> None:
        """Put the keyboard into the filter."""
        self.filter.focus_line()

    def show_with(self, wanted: dict[str, object]) -> None:
        """Open the worker `worker`."""
        if "worker" in wanted:
            self.open(str(wanted["worker"]))

    def refresh(self) -> None:
        """Load the workers anew."""
        self._refresher.request()
        self._past.request()

    def _run_changed(self, event: RunEvent) -> None:
        if self.isVisible() and self._shown_id is not None and event.run.worker_id == self._shown_id:
            self.detail.refresh()

    def _worker_changed(self, event: WorkerEvent) -> None:
        """Show a worker's new state at once; load again when one joins or leaves."""
        worker = event.worker
        if event.type is EventType.WORKER_UPDATED and worker is not None:
            self._workers = [worker if one.id == worker.id else one for one in self._workers]
            if worker.id == self._shown_id:
                self.detail.show_worker(worker)
                self.detail.refresh()
            if self.isVisible():
                self._past.request()
            if self.model.replace(worker) or any(one.id == worker.id for one in self._workers):
                return
        self.changed()

    def activated(self) -> None:
        """Let times pass."""
        super().activated()
        self._clock.start()

    def open(self, worker_id: str) -> None:
        """Show one worker beside the table; one that is not loaded yet, when it is."""
        self._wanted = worker_id
        worker = next((one for one in self._workers if one.id == worker_id), None)
        if worker is None:
            return
        if self.detail.isHidden():
            self.detail.show()
            self._splitter.restore()
        self.detail.show_worker(worker)
        place = self.model.row_of(worker_id)
        if place is not None and [one.id for one in self.table.selected()] != [worker_id]:
            self.table.selectRow(place)

    def close_detail(self) -> None:
        """Put the worker away."""
        self._wanted = None
        self.detail.hide()
        self.detail.put_away()

    @property
    def _shown_id(self) -> str | None:
        return None if self.detail.worker is None else self.detail.worker.id

    def _show_dead_letters(self) -> None:
        dialog = DeadLettersDialog(self.context, self)
        dialog.settled.connect(self._refresher.request_now)
        dialog.open()

    async def _load(self) -> None:
        workers = (await self.context.connection.client.list_workers(limit=_PAGE)).data
        await self.dead_letters.load(self.context)
        self._workers = sorted(workers, key=lambda worker: (worker.status in GONE, worker.id))
        self._show_rows()
        if self._shown_id is not None and all(worker.id != self._shown_id for worker in workers):
            self.close_detail()
        elif self._wanted is not None:
            self.open(self._wanted)

    async def _load_history(self) -> None:
        shown = [worker.id for worker in self.model.rows[:_MOST_SPARKS]]
        since = (datetime.now(UTC) - WINDOW).isoformat()
        client = self.context.connection.client
        self.sparks.show_history(
            await client.workers_history(worker_id=shown or None, since=since, resolution=STEP_SECONDS)
        )

    def _show_rows(self) -> None:
        words = self.filter.text.lower()
        shown = [worker for worker in self._workers if fits(worker, words)]
        self.model.set_rows(shown)
        online = sum(worker.status is WorkerStatus.ONLINE for worker in shown)
        slots = sum(worker.slots for worker in shown if worker.status is WorkerStatus.ONLINE)
        busy = sum(worker.current_task_count for worker in shown)
        said = tr("%1 online, %2 of %3 slots in use")
        for place, value in enumerate((online, busy, slots)):
            said = said.replace(f"%{place + 1}", number(value))
        self.filter.say(said)
        self.table.setVisible(bool(shown))
        self._empty.setVisible(not shown)
        if self._workers:
            self._empty.say(tr("No matching workers."))
        else:
            self._empty.say(
                tr(
                    "No workers. Start one on the machine that should run the tasks:\n"
                    "TASKDECK_BROKER_URL=amqp://… taskdeck worker --slots 8"
                )
            )

    def _tick(self) -> None:
        if self.isVisible():
            self.model.times_passed()
            self.detail.model.times_passed()
        else:
            self._clock.stop()


def fits(worker: Worker, words: str) -> bool:
    """Whether a worker is looked for by `words`, in lower case: its name, host, version, or a label as name=value."""
    labels = (f"{name}={value}" for name, value in worker.labels.items())
    return any(words in text.lower() for text in (worker.id, worker.hostname, worker.version, *labels))
