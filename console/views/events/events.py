"""The audit trail: who did what to which object, newest first."""

from datetime import UTC, datetime, timedelta
from typing import Any

from console.context import Context
from console.link.refresher import Refresher
from console.views.events.columns import event_columns, kind_words
from console.views.view import View
from console.widgets.data_table import DataTable, RowAction
from console.widgets.filter_bar import FilterBar
from console.widgets.surfaces import Card, EmptyState
from console.widgets.table_model import RowsModel
from console.words import number, tr
from shared.client.stream import StreamEvent
from shared.models.system import AuditEvent

_PAGE = 200
_NEAR_END = 200
_KINDS = ("task", "run", "worker", "user", "calendar", "concurrency_group", "alert_rule", "alert_channel")
_PAGES = {
    "concurrency_group": "groups",
    "calendar": "calendars",
    "backfill": "backfills",
    "alert_channel": "channels",
    "alert_rule": "rules",
    "alert_silence": "silences",
}


class EventsView(View):
    """More rows come as one scrolls down; Enter opens the object."""

    name = "events"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._cursor: str | None = None
        self._total: int | None = None
        self._object: tuple[str, str] | None = None
        self._is_appending = False
        self._refresher = Refresher(context.tasks, self._load, name="events", parent=self)
        self.filter = FilterBar(context.theme, tr("Search names, people and actions  ( / )"))
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
        self.filter.changed.connect(self._refresher.request_now)
        self.model: RowsModel[AuditEvent] = RowsModel(event_columns(), key=lambda event: event.id)
        self.table = DataTable(
            self.model,
            context.theme,
            [
                RowAction(lambda: tr("Show the object"), "connection", lambda rows: self._open(rows[0]), self._leads),
                RowAction(lambda: tr("Only this person"), "users", lambda rows: self.filter.set_text(rows[0].actor)),
            ],
        )
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
        context.link.state_changed.connect(lambda: self.table.set_stale(not context.link.is_online))

    def title(self) -> str:
        """Return the title."""
        return tr("Events")

    def focus_filter(self) -> None:
        """Put the keyboard into the search."""
        self.filter.focus_line()

    def show_with(self, wanted: dict[str, object]) -> None:
        """Narrow to what was done to the object `(type, id)`, or search for `q`."""
        found = wanted.get("object")
        if isinstance(found, tuple):
            self._object = (str(found[0]), str(found[1]))
            self._refresher.request_now()
        if "q" in wanted:
            self.filter.set_text(str(wanted["q"]))

    def refresh(self) -> None:
        """Load the newest events anew."""
        self._refresher.request()

    def hear(self, event: StreamEvent) -> None:
        """Load anew when people may have changed something."""
        if event.type.startswith(("task.", "worker.", "alert.")) or event.type == "run.created":
            self.changed()

    def _leads(self, event: AuditEvent) -> bool:
        is_gone = event.action.endswith(".delete")
        return not is_gone and (event.object_type in ("task", "run", "worker", "user") or event.object_type in _PAGES)

    def _open(self, event: AuditEvent) -> None:
        if not self._leads(event):
            return
        if event.object_type in ("task", "run"):
            self.follow.emit(f"{event.object_type}s", {event.object_type: int(event.object_id)})
        elif event.object_type == "worker":
            self.follow.emit("workers", {"worker": event.object_id})
        elif event.object_type == "user":
            self.follow.emit("users", {"user": event.object_id})
        else:
            self.follow.emit("policies", {"page": _PAGES[event.object_type]})

    def _query(self) -> dict[str, Any]:
        span = self._span.currentData()
        kind, object_id = self._object or (self._kind.currentData(), None)
        return {
            "q": self.filter.text or None,
            "object_type": kind,
            "object_id": object_id,
            "since": (datetime.now(UTC) - span).isoformat() if span else None,
            "limit": _PAGE,
        }

    async def _page(self, cursor: str | None) -> list[AuditEvent]:
        page = await self.context.link.client.list_events(**self._query(), cursor=cursor)
        self._cursor, self._total = page.meta.next_cursor, page.meta.total
        return page.data

    async def _load(self) -> None:
        self.model.set_rows(await self._page(None))
        self._say()

    def _scrolled(self, value: int) -> None:
        is_near = value >= self.table.verticalScrollBar().maximum() - _NEAR_END
        if is_near and self._cursor is not None and not self._is_appending and self.context.link.is_online:
            self._is_appending = True
            self.context.tasks.start(self._append(), name="more events")

    async def _append(self) -> None:
        try:
            self.model.set_rows([*self.model.rows, *await self._page(self._cursor)])
            self._say()
        finally:
            self._is_appending = False

    def _widen(self) -> None:
        self._object = None
        self.filter.set_text("")
        self._kind.setCurrentIndex(0)
        self._span.setCurrentIndex(0)
        self._refresher.request_now()

    def _say(self) -> None:
        shown = len(self.model.rows)
        words = tr("1 event") if shown == 1 else tr("%1 events").replace("%1", number(shown))
        if self._total is not None and self._total > shown:
            words = tr("%1 of %2 events").replace("%1", number(shown)).replace("%2", number(self._total))
        self.filter.say(words)
        self.table.setVisible(shown > 0)
        self._empty.setVisible(shown == 0)
        if self.filter.text or self._object or self._kind.currentData() or self._span.currentData():
            self._empty.say(tr("No event fits what you look for."), tr("Show all events"))
        else:
            self._empty.say(tr("What people change is listed here: who did what to which object, and when."))
