"""The workers: what they take, how busy they are, whether they live."""

from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut

from console.connection.refresher import Refresher
from console.context import Context
from console.feeds.runs import RunEvent
from console.feeds.workers import WorkerEvent
from console.views.list_view import EmptyWords, ListView, changes_words
from console.views.workers.actions import WorkerActions
from console.views.workers.dead_letters import DeadLetterNotice, DeadLettersDialog
from console.views.workers.model import GONE, SPARK, fits, worker_columns
from console.views.workers.slots_spark import STEP_SECONDS, WINDOW, SlotsSpark
from console.views.workers.worker_detail import WorkerDetail
from console.widgets.filter_bar import FilterBar
from console.widgets.remembered_splitter import RememberedSplitter
from console.widgets.still_rows import StillRows, keep_still
from console.widgets.table_model import RowsModel
from console.words import number, tr
from shared.enums import EventType, Role, WorkerStatus
from shared.models.worker import Worker

_PAGE = 500
_MOST_SPARKS = 200
_HISTORY_REST_MS = 15_000


class WorkersView(ListView[Worker]):
    """A live table of workers, with one of them beside it."""

    name = "workers"
    history_loaded = Signal()
    model: RowsModel[Worker]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._workers: list[Worker] = []
        self._wanted: str | None = None
        self._may_move = True
        self._refresher = Refresher(context.background, self._load, name="workers", parent=self)
        self._past = Refresher(
            context.background, self._load_history, name="workers' history", rest_ms=_HISTORY_REST_MS, parent=self
        )
        self.worker_actions = WorkerActions(context, self)
        self.worker_actions.done.connect(self._refresh_now)
        self.worker_actions.said.connect(self.said)
        self.worker_actions.runs_wanted.connect(self._show_runs)
        bar = FilterBar(context.theme, tr("Search workers, hosts, labels and versions  ( / )"))
        bar.changed.connect(lambda: self._show_rows())
        model: RowsModel[Worker] = RowsModel(worker_columns(context.times), key=lambda worker: worker.id)
        self.set_up(model, bar, self.worker_actions.row_actions(), name=tr("Workers"))
        self.sparks = SlotsSpark(context.theme, self.table, now=context.connection.present)
        self.table.setItemDelegateForColumn(SPARK, self.sparks)
        self.table.delete_wanted.connect(self.worker_actions.remove)
        self.table.opened.connect(lambda worker: self.open(worker.id))
        self.table.clicked.connect(lambda index: self.open(self.model.rows[index.row()].id))
        self.dead_letters = DeadLetterNotice()
        self.dead_letters.opened.connect(self._show_dead_letters)
        self.detail = self._make_detail()
        self._splitter = RememberedSplitter(context.memory, "workers", self.card, self.detail, usual=(60, 40))
        self.page.addWidget(self.dead_letters)
        self.page.addWidget(self.filter)
        self.page.addWidget(self._splitter, 1)
        QShortcut(QKeySequence("Esc"), self).activated.connect(self.close_detail)
        context.feeds.runs.changed.connect(self._run_changed)
        context.feeds.workers.changed.connect(self._worker_changed)

    def _make_detail(self) -> WorkerDetail:
        detail = WorkerDetail(self.context)
        self.add_tables(detail.table)
        detail.setMinimumWidth(360)
        detail.hide()
        detail.closed.connect(self.close_detail)
        detail.run_wanted.connect(lambda run_id: self.follow.emit("run", {"run": run_id}))
        detail.runs_wanted.connect(self._show_runs)
        detail.drain_wanted.connect(lambda worker: self.worker_actions.drain([worker]))
        detail.resume_wanted.connect(lambda worker: self.worker_actions.resume([worker]))
        detail.remove_wanted.connect(lambda worker: self.worker_actions.remove([worker]))
        return detail

    def title(self) -> str:
        return tr("Workers")

    def primary_action(self) -> str:
        """Offer a new worker; a local backend has its own."""
        return "" if self.context.keeper.is_local else tr("Add worker")

    def primary_refusal(self) -> str:
        """Return why the user may add no worker."""
        return self.context.permissions.why_not_by_role(Role.ADMIN)

    def do_primary_action(self) -> None:
        """Open the form."""
        self.worker_actions.add()

    def show_with(self, wanted: dict[str, object]) -> None:
        """Open the worker `worker`."""
        if "worker" in wanted:
            self.open(str(wanted["worker"]))

    def refresh(self) -> None:
        """Load the workers and their last hour."""
        self._may_move = True
        self.follow_change()

    def follow_change(self) -> None:
        """Load them again; no row moves under the pointer."""
        self._refresher.request()
        self._past.request()

    def _refresh_now(self) -> None:
        self._may_move = True
        self._refresher.request_now()

    def show_waiting(self) -> None:
        """Show the workers as they are now."""
        self._show_rows()

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

    def tick(self) -> None:
        """Let the times of the worker's runs tick, too."""
        self.detail.model.times_passed()

    def count_words(self) -> str:
        """Return how many workers are online, and how busy they are."""
        online = [worker for worker in self.model.rows if worker.status is WorkerStatus.ONLINE]
        return tr(
            "%1 online, %2 of %3 slots in use",
            number(len(online)),
            number(sum(worker.current_task_count for worker in self.model.rows)),
            number(sum(worker.slots for worker in online)),
        )

    def empty_words(self) -> EmptyWords:
        """Return what is missing."""
        if self._workers:
            return EmptyWords(tr("No matching workers."))
        return EmptyWords(
            tr(
                "No workers. Add one, and start it on the machine that should run the tasks:\n"
                "TASKDECK_WORKER_KEY_FILE=… TASKDECK_BROKER_URL=amqps://… taskdeck worker"
            )
        )

    @property
    def _shown_id(self) -> str | None:
        return None if self.detail.worker is None else self.detail.worker.id

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

    def _show_runs(self, worker_id: str) -> None:
        self.follow.emit("runs", {"worker": worker_id})

    def _show_dead_letters(self) -> None:
        dialog = DeadLettersDialog(self.context, self)
        dialog.settled.connect(self._refresh_now)
        dialog.open()

    async def _load(self) -> None:
        workers = (await self.context.connection.client.list_workers(limit=_PAGE)).data
        await self.dead_letters.load(self.context)
        self._workers = sorted(workers, key=lambda worker: (worker.status in GONE, worker.id))
        self._show_rows(holds_still=self.holds_still and not self._may_move)
        self._may_move = False
        if self._shown_id is not None and all(worker.id != self._shown_id for worker in workers):
            self.close_detail()
        elif self._wanted is not None:
            self.open(self._wanted)
        self.loaded.emit()

    def load_history(self) -> None:
        """Load the last hour now."""
        self._past.request_now()

    async def _load_history(self) -> None:
        shown = [worker.id for worker in self.model.rows[:_MOST_SPARKS]]
        since = (datetime.now(UTC) - WINDOW).isoformat()
        client = self.context.connection.client
        self.sparks.show_history(
            await client.workers_history(worker_id=shown or None, since=since, resolution=STEP_SECONDS)
        )
        self.history_loaded.emit()

    def _show_rows(self, *, holds_still: bool = False) -> None:
        words = self.filter.text.lower()
        shown = StillRows([worker for worker in self._workers if fits(worker, words)], 0)
        if holds_still and self.model.rows:
            shown = keep_still(self.model.rows, shown.rows, key=lambda worker: worker.id)
        with self.table.holding_still():
            self.model.set_rows(shown.rows)
        self.show_state(waiting_words=changes_words(shown.changes))
