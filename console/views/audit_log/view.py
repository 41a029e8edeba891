"""The audit log: who did what to which object, newest first."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from console.context import Context
from console.feeds.runs import RunEvent
from console.views.audit_log.actions import destination_of, row_actions
from console.views.audit_log.model import event_columns, kind_words
from console.views.list_view import EmptyWords
from console.views.live_list import Everything, FetchPage
from console.views.live_list_view import LiveListView
from console.widgets.filter_bar import FilterBar
from console.widgets.table_model import RowsModel
from console.words import number, tr
from shared.enums import EventType
from shared.models.base import Page
from shared.models.system import AuditEntry

_KINDS = ("task", "run", "worker", "user", "calendar", "concurrency_group", "alert_rule", "alert_channel")


class AuditLogView(LiveListView[AuditEntry]):
    """Older entries come page by page as one scrolls, new ones wait while one reads; Enter opens the object."""

    name = "audit_log"
    model: RowsModel[AuditEntry]

    def __init__(self, context: Context) -> None:
        super().__init__(context, Everything())
        self._object: tuple[str, str] | None = None
        bar = FilterBar(context.theme, tr("Search names, users and actions  ( / )"))
        self._kind = bar.add_choice(
            [(tr("All objects"), None), *((kind_words(kind), kind) for kind in _KINDS)], tr("Kind of object")
        )
        self._span = bar.add_choice(
            [
                (tr("Any time"), None),
                (tr("Last hour"), timedelta(hours=1)),
                (tr("Last day"), timedelta(days=1)),
                (tr("Last 7 days"), timedelta(days=7)),
                (tr("Last 30 days"), timedelta(days=30)),
            ],
            tr("Time"),
        )
        bar.changed.connect(self.ask)
        actions = row_actions(show_object=self._open, only_this_person=lambda event: bar.set_text(event.actor))
        self.set_up(
            RowsModel(event_columns(context.times), key=lambda event: event.id), bar, actions, name=tr("Audit log")
        )
        self.table.opened.connect(self._open)
        self.watch_scrolling()
        self.page.addWidget(self.filter)
        self.page.addWidget(self.card, 1)
        feeds = context.feeds
        feeds.runs.changed.connect(self._run_changed)
        for changed in (feeds.tasks.changed, feeds.workers.changed, feeds.alerts.raised):
            changed.connect(self.changed)

    def title(self) -> str:
        return tr("Audit log")

    def show_with(self, wanted: dict[str, object]) -> None:
        """Narrow to what was done to the object `(type, id)`, or search for `q`."""
        found = wanted.get("object")
        if isinstance(found, tuple) or "q" in wanted:
            self.filter.clear()
            self._object = (str(found[0]), str(found[1])) if isinstance(found, tuple) else None
            self.filter.set_text(str(wanted.get("q", "")))
            self.ask()

    def count_words(self) -> str:
        """Return how many entries match."""
        shown, total = len(self.live.rows), self.live.total
        if total is not None and total > shown:
            return tr("%1 of %2 entries", number(shown), number(total))
        return tr("1 entry") if shown == 1 else tr("%1 entries", number(shown))

    def empty_words(self) -> EmptyWords:
        """Return what is missing."""
        if self.filter.text or self._object or self._kind.currentData() or self._span.currentData():
            return EmptyWords(tr("No matching entries."), tr("Show all entries"))
        return EmptyWords(tr("Every change is listed here: who changed what, and when."))

    def take_first_step(self) -> None:
        """Show all entries."""
        self._object = None
        self.filter.restore({})
        self._kind.setCurrentIndex(0)
        self._span.setCurrentIndex(0)
        self.ask()

    def _run_changed(self, event: RunEvent) -> None:
        """A person may have triggered the run."""
        if event.type is EventType.RUN_CREATED:
            self.changed()

    def _open(self, event: AuditEntry) -> None:
        destination = destination_of(event)
        if destination is not None:
            self.follow.emit(*destination)

    def _query(self) -> Mapping[str, Any]:
        span = self._span.currentData()
        kind, object_id = self._object or (self._kind.currentData(), None)
        return {
            "q": self.filter.text or None,
            "object_type": kind,
            "object_id": object_id,
            "since": (datetime.now(UTC) - span).isoformat() if span else None,
        }

    def current_filter(self) -> Everything:
        """The backend alone decides what matches."""
        return Everything()

    def current_fetch(self) -> FetchPage[AuditEntry]:
        """Return how a page of entries is fetched."""
        query = self._query()

        async def fetch(*, cursor: str | None, limit: int) -> Page[AuditEntry]:
            return await self.context.connection.client.audit(**query, cursor=cursor, limit=limit)

        return fetch
