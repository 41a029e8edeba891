"""The audit trail: who did what to which object, newest first."""

from datetime import UTC, datetime, timedelta
from typing import Any

from console.connection.refresher import Refresher
from console.context import Context
from console.feeds.runs import RunEvent
from console.views.audit_log.actions import destination_of, row_actions
from console.views.audit_log.model import event_columns, kind_words
from console.views.view import View
from console.widgets.data_table import DataTable
from console.widgets.filter_bar import FilterBar
from console.widgets.surfaces import Card, EmptyState
from console.widgets.table_model import RowsModel
from console.words import number, tr
from shared.enums import EventType
from shared.models.base import Page
from shared.models.system import AuditEvent

_PAGE = 200
_NEAR_END = 200
_KINDS = ("task", "run", "worker", "user", "calendar", "concurrency_group", "alert_rule", "alert_channel")


class AuditLogView(View):
    """More rows come as one scrolls down, and new ones above without moving what one reads; Enter opens the object."""

    name = "audit_log"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._cursor: str | None = None
        self._total: int | None = None
        self._object: tuple[str, str] | None = None
        self._words = ""
        self._question, self._answered = 0, -1
        self._refresher = Refresher(context.background, self._load, name="events", parent=self)
        self._older = Refresher(context.background, self._load_older, name="older events", rest_ms=0, parent=self)
        self.filter = FilterBar(context.theme, tr("Search names, users and actions  ( / )"))
        self._kind = self.filter.add_choice(
            [(tr("All objects"), None), *((kind_words(kind), kind) for kind in _KINDS)], tr("Kind of object")
        )
        self._span = self.filter.add_choice(
            [
                (tr("Any time"), None),
                (tr("Last hour"), timedelta(hours=1)),
                (tr("Last day"), timedelta(days=1)),
                (tr("Last 7 days"), timedelta(days=7)),
                (tr("Last 30 days"), timedelta(days=30)),
            ],
            tr("Time"),
        )
        self.filter_bars.append(self.filter)
        self.filter.changed.connect(self._ask)
        self.model: RowsModel[AuditEvent] = RowsModel(event_columns(context.times), key=lambda event: event.id)
        self.table = DataTable(
            self.model,
            context.theme,
            row_actions(show_object=self._open, only_this_person=lambda event: self.filter.set_text(event.actor)),
        )
        self.add_tables(self.table)
        self.table.opened.connect(self._open)
        self.table.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._empty = EmptyState()
        self._empty.step.clicked.connect(self._widen)
        self._empty.hide()
        card = Card()
        card.title.hide()
        card.aside.hide()
        card.body.setContentsMargins(1, 1, 1, 8)
        card.body.addWidget(self.table, 1)
        card.body.addWidget(self._empty, 1)
        self.page.addWidget(self.filter)
        self.page.addWidget(card, 1)
        feeds = context.feeds
        feeds.runs.changed.connect(self._run_changed)
        for changed in (feeds.tasks.changed, feeds.workers.changed, feeds.alerts.raised):
            changed.connect(self.changed)
        context.connection.state_changed.connect(lambda: self.table.set_stale(not context.connection.is_online))

    def title(self) -> str:
        """Return the title."""
        return tr("Audit log")

    def focus_filter(self) -> None:
        """Put the keyboard into the search."""
        self.filter.focus_line()

    def show_with(self, wanted: dict[str, object]) -> None:
        """Narrow to what was done to the object `(type, id)`, or search for `q`."""
        found = wanted.get("object")
        if isinstance(found, tuple):
            self._object = (str(found[0]), str(found[1]))
            self._ask()
        if "q" in wanted:
            self.filter.set_text(str(wanted["q"]))

    def refresh(self) -> None:
        """Load the newest events anew."""
        self._refresher.request()

    def _run_changed(self, event: RunEvent) -> None:
        """A person may have triggered the run."""
        if event.type is EventType.RUN_CREATED:
            self.changed()

    def _open(self, event: AuditEvent) -> None:
        destination = destination_of(event)
        if destination is not None:
            self.follow.emit(*destination)

    def _query(self) -> dict[str, Any]:
        span = self._span.currentData()
        kind, object_id = self._object or (self._kind.currentData(), None)
        return {
            "q": self._words or None,
            "object_type": kind,
            "object_id": object_id,
            "since": (datetime.now(UTC) - span).isoformat() if span else None,
            "limit": _PAGE,
        }

    def _ask(self) -> None:
        self._words = self.filter.text
        self._question += 1
        self._refresher.request_now()

    async def _page(self, cursor: str | None) -> Page[AuditEvent]:
        return await self.context.connection.client.audit(**self._query(), cursor=cursor)

    async def _load(self) -> None:
        question = self._question
        page = await self._page(None)
        found, total, known = page.data, page.meta.total, self._known(question)
        while known and page.meta.next_cursor and found[-1].id > known[0].id:
            page = await self._page(page.meta.next_cursor)
            found, known = [*found, *page.data], self._known(question)
        if question != self._question:
            return
        self._total = total
        if known:
            found = [*(event for event in found if event.id > known[0].id), *known]
        else:
            self._cursor = page.meta.next_cursor
        with self.table.holding_still():
            self.model.set_rows(found)
        if question != self._answered:
            self._answered = question
            self.table.scrollToTop()
        self._say()

    def _known(self, question: int) -> list[AuditEvent]:
        """Return the rows that stay when newer ones come: where one has scrolled down, all of them."""
        is_reading = question == self._answered and self.table.verticalScrollBar().value() > 0
        return self.model.rows if is_reading else []

    async def _load_older(self) -> None:
        cursor = self._cursor
        if cursor is None or self._question != self._answered:
            return
        page = await self._page(cursor)
        if cursor == self._cursor and self._question == self._answered:
            self._cursor = page.meta.next_cursor
            self.model.set_rows([*self.model.rows, *page.data])
            self._say()

    def _scrolled(self, value: int) -> None:
        is_near = value >= self.table.verticalScrollBar().maximum() - _NEAR_END
        if is_near and self._cursor is not None and self.context.connection.is_online:
            self._older.request()

    def _widen(self) -> None:
        self._object = None
        self.filter.set_text("")
        self._kind.setCurrentIndex(0)
        self._span.setCurrentIndex(0)
        self._ask()

    def _say(self) -> None:
        shown = len(self.model.rows)
        words = tr("1 entry") if shown == 1 else tr("%1 entries", number(shown))
        if self._total is not None and self._total > shown:
            words = tr("%1 of %2 entries", number(shown), number(self._total))
        self.filter.say(words)
        self.table.setVisible(shown > 0)
        self._empty.setVisible(shown == 0)
        if self.filter.text or self._object or self._kind.currentData() or self._span.currentData():
            self._empty.say(tr("No matching entries."), tr("Show all entries"))
        else:
            self._empty.say(tr("Every change is listed here: who changed what, and when."))
