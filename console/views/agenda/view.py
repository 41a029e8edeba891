"""The calendar: what ran and what will run, by day, week and month."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QToolButton

from console import remembered
from console.actions import Action, tip
from console.connection.refresher import Refresher
from console.context import Context
from console.feeds.runs import RunEvent
from console.feeds.workers import WorkerEvent
from console.theme.icons import icon
from console.views.agenda.entry_list import EntryList
from console.views.agenda.heat_grid import HeatGrid
from console.views.agenda.legend import Legend
from console.views.agenda.pages import DAYS_OF_WEEK, HOURS_OF_DAY, Cell, Page, Place, Scale, cells_of, page_of, turned
from console.views.agenda.words import cell_title, first_weekday, own_zone, page_words, zone_words
from console.views.view import View
from console.widgets.elided_label import ElidedLabel
from console.widgets.plain_tip import plain_tip
from console.widgets.surfaces import Card, label
from console.words import number, tr
from shared.enums import EventType
from shared.models.agenda import Agenda

_REST_MS = 5000
_TICK_MS = 60_000
_LIST_WIDTH = 340
_NARROW_LIST_WIDTH = 276
_NARROW = 800


class AgendaView(View):
    """A grid of hours or days, and beside it what is in the chosen one."""

    name = "agenda"

    def __init__(self, context: Context, zone: ZoneInfo | None = None) -> None:
        super().__init__(context)
        self.zone = zone or own_zone()
        self.scale = Scale(context.memory.get(remembered.AGENDA_SCALE))
        self.day = datetime.now(self.zone).date()
        self._calendar: Agenda | None = None
        self.refresher = Refresher(context.background, self._load, name="calendar", rest_ms=_REST_MS, parent=self)
        self._lister = Refresher(
            context.background, self._load_entries, name="calendar entries", rest_ms=200, parent=self
        )
        self.grid = HeatGrid(context.theme, self.zone)
        self.grid.chosen.connect(self._cell_chosen)
        self.grid.opened.connect(self._open_cell)
        self.grid.turned.connect(self._walked_off)
        self.entries = EntryList(
            context,
            self.zone,
            show_run=lambda run_id: self.follow.emit("run", {"run": run_id}),
            show_task=lambda task_id: self.follow.emit("task", {"task": task_id}),
        )
        self.add_tables(self.entries.table)
        self._deeds = self._make_deeds()
        self.page.addLayout(self._head())
        self.page.addLayout(self._middle(), 1)
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MS)
        self._clock.timeout.connect(self._tick)
        context.theme.changed.connect(self._restyle)
        context.connection.state_changed.connect(lambda: self.grid.set_stale(not context.connection.is_online))
        context.feeds.runs.changed.connect(self._run_changed)
        context.feeds.workers.changed.connect(self._worker_changed)
        context.feeds.tasks.changed.connect(self.changed)
        self._restyle()
        self._choose_now()
        self._show_page()

    def _make_deeds(self) -> list[Action]:
        group = self.title()
        return [
            Action("calendar.day", tr("Show a day"), partial(self.show_scale, Scale.DAY), group, ("D",)),
            Action("calendar.week", tr("Show a week"), partial(self.show_scale, Scale.WEEK), group, ("W",)),
            Action(
                "calendar.next_days",
                tr("Show the next 7 days"),
                partial(self.show_scale, Scale.NEXT_DAYS),
                group,
                ("N",),
            ),
            Action("calendar.month", tr("Show a month"), partial(self.show_scale, Scale.MONTH), group, ("M",)),
            Action("calendar.back", tr("Previous page"), partial(self.turn, -1), group, ("PgUp",), "previous"),
            Action("calendar.on", tr("Next page"), partial(self.turn, 1), group, ("PgDown",), "next"),
            Action("calendar.today", tr("Show today"), self.show_today, group, ("T",), "agenda"),
        ]

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        back, on, today = self._deeds[4:]
        self._tools: list[tuple[QToolButton, str]] = []
        for deed in (back, on):
            button = QToolButton()
            button.setIconSize(QSize(16, 16))
            button.setToolTip(plain_tip(tip(deed.text, deed.shortcuts[0])))
            button.setAccessibleName(deed.text)
            button.clicked.connect(partial(_run, deed))
            self._tools.append((button, deed.icon_name))
            row.addWidget(button)
        to_today = QPushButton(tr("Today"))
        to_today.setToolTip(plain_tip(tip(today.text, "T")))
        to_today.clicked.connect(partial(_run, today))
        row.addWidget(to_today)
        row.addSpacing(12)
        self._which = ElidedLabel("", "cardTitle")
        row.addWidget(self._which)
        row.addStretch(1)
        self._zone = label("", "secondary")
        row.addWidget(self._zone)
        row.addSpacing(12)
        segments = QHBoxLayout()
        segments.setSpacing(0)
        self._scales = QButtonGroup(self)
        self.scale_buttons: dict[Scale, QPushButton] = {}
        words = {
            Scale.DAY: tr("Day"),
            Scale.WEEK: tr("Week"),
            Scale.NEXT_DAYS: tr("Next 7 days"),
            Scale.MONTH: tr("Month"),
        }
        for (scale, text), deed in zip(words.items(), self._deeds, strict=False):
            choice = QPushButton(text)
            choice.setObjectName("range")
            choice.setCheckable(True)
            choice.setMinimumWidth(choice.fontMetrics().horizontalAdvance(text) + 32)
            choice.setToolTip(plain_tip(tip(deed.text, deed.shortcuts[0])))
            choice.clicked.connect(partial(_run, deed))
            self._scales.addButton(choice)
            self.scale_buttons[scale] = choice
            segments.addWidget(choice)
        self.scale_buttons[Scale.DAY].setProperty("place", "first")
        self.scale_buttons[Scale.MONTH].setProperty("place", "last")
        row.addLayout(segments)
        return row

    def _middle(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        card = Card()
        card.title.hide()
        card.aside.hide()
        card.body.setContentsMargins(8, 4, 8, 8)
        card.body.addWidget(self.grid, 1)
        foot = QHBoxLayout()
        foot.addWidget(Legend(self.context.theme))
        foot.addStretch(1)
        self._notes = label("", "secondary")
        foot.addWidget(self._notes)
        card.body.addLayout(foot)
        row.addWidget(card, 1)
        row.addWidget(self.entries)
        return row

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget.resizeEvent: leave the grid most of a narrow window."""
        super().resizeEvent(event)
        is_narrow = self.width() < _NARROW
        self.entries.setFixedWidth(_NARROW_LIST_WIDTH if is_narrow else _LIST_WIDTH)
        self._zone.setVisible(not is_narrow)

    def title(self) -> str:
        return tr("Agenda")

    def commands(self) -> list[Action]:
        """Return the ways through the calendar."""
        return [*self._deeds, *super().commands()]

    def show_with(self, wanted: dict[str, object]) -> None:
        """Show the day of the instant `at`, and select its hour."""
        at = wanted.get("at")
        if isinstance(at, datetime):
            here = at.astimezone(self.zone)
            self.show_scale(Scale.DAY)
            self._go_to(here.date(), here.hour)

    def refresh(self) -> None:
        """Load the page again."""
        self.refresher.request()

    def _run_changed(self, event: RunEvent) -> None:
        if event.type is EventType.RUN_FINISHED:
            self.changed()

    def _worker_changed(self, event: WorkerEvent) -> None:
        if event.type in (EventType.WORKER_ONLINE, EventType.WORKER_OFFLINE):
            self.changed()

    def activated(self) -> None:
        """Update relative times, and focus the grid."""
        super().activated()
        self._clock.start()
        self.grid.setFocus()

    def show_scale(self, scale: Scale) -> None:
        """Show a day, a week or a month around the chosen cell, or the next days, in which the present is chosen."""
        now = datetime.now(self.zone)
        self.day = self.shown_page.day_of(self.grid.place) if scale is not self.scale else self.day
        hour = self.grid.place[1] if self.scale is not Scale.MONTH else now.hour
        if scale is Scale.NEXT_DAYS:
            self.day, hour = now.date(), now.hour
        self.scale = scale
        self.context.memory.put(remembered.AGENDA_SCALE, scale)
        self._go_to(self.day, hour)

    def turn(self, steps: int) -> None:
        """Go to another page."""
        hour = self.grid.place[1]
        self._go_to(turned(self.scale, self.shown_page.day_of(self.grid.place), steps), hour)

    def show_today(self) -> None:
        """Show the page with the present, and select the present."""
        now = datetime.now(self.zone)
        self._go_to(now.date(), now.hour)

    def _go_to(self, day: date, hour: int) -> None:
        self.day = day
        page = self.shown_page
        days = (day - page.first).days
        self.grid.place = (
            (days % DAYS_OF_WEEK, days // DAYS_OF_WEEK) if self.scale is Scale.MONTH else (days, hour % HOURS_OF_DAY)
        )
        self._show_page()
        self.refresher.request_now()

    @property
    def shown_page(self) -> Page:
        today = datetime.now(self.zone).date()
        begins = today.weekday() if self.scale is Scale.NEXT_DAYS else first_weekday()
        return page_of(self.scale, self.day, first_weekday=begins)

    def _choose_now(self) -> None:
        self.grid.place = self.shown_page.place_of(datetime.now(UTC), self.zone) or (0, 0)

    def _walked_off(self, columns: int, rows: int) -> None:
        """Continue on the next page when an arrow key leaves this one."""
        day = self.shown_page.day_of(self.grid.place)
        hour = self.grid.place[1]
        if self.scale is Scale.MONTH:
            day += timedelta(days=columns or rows * DAYS_OF_WEEK)
        elif columns:
            day += timedelta(days=columns)
        else:
            day += timedelta(days=rows)
            hour = 0 if rows > 0 else HOURS_OF_DAY - 1
        self._go_to(day, hour)

    async def _load(self) -> None:
        page = self.shown_page
        since, until = page.window(self.zone)
        self._calendar = await self.context.connection.client.agenda(
            since=since, until=until, resolution=page.resolution, timezone=self.zone.key
        )
        if page != self.shown_page:
            self.refresher.request_now()
            return
        self.grid.set_stale(False)
        self._show_page()

    def _show_page(self) -> None:
        page = self.shown_page
        self.scale_buttons[self.scale].setChecked(True)
        self._which.setText(page_words(page))
        since, until = page.window(self.zone)
        self._zone.setText(zone_words(self.zone, since))
        cells: dict[Place, Cell] = {}
        slots = 0
        calendar = self._calendar
        if calendar is not None:
            spans = [span for span in calendar.spans if since <= span.since < until]
            fits = calendar.resolution is page.resolution and bool(spans)
            cells = cells_of(page, spans, self.zone) if fits else {}
            slots = calendar.slots
            self._say_notes(calendar)
        self.grid.set_stale(not cells)
        self.grid.show_page(page, cells, slots=slots)
        self._cell_chosen()

    def _say_notes(self, calendar: Agenda) -> None:
        notes = []
        if calendar.tasks_left_out:
            notes.append(tr("%1 tasks are not counted", number(calendar.tasks_left_out)))
        elif calendar.is_estimated:
            notes.append(tr("frequent tasks are estimated"))
        self._notes.setText(" · ".join(notes))

    def _cell_chosen(self) -> None:
        cell = self.grid.cell
        self.entries.await_entries(cell_title(self.shown_page, cell, self.zone) if cell is not None else "")
        self._lister.request_now()

    async def _load_entries(self) -> None:
        cell = self.grid.cell
        if cell is None:
            return
        found = await self.context.connection.client.agenda_entries(since=cell.since, until=cell.until)
        if self.grid.cell is None or self.grid.cell.since != cell.since:
            self._lister.request_now()
            return
        self.entries.show_entries(found)

    def _open_cell(self) -> None:
        if self.scale is Scale.MONTH:
            self.show_scale(Scale.DAY)
        else:
            self.entries.table.setFocus()

    def _tick(self) -> None:
        if not self.isVisible():
            self._clock.stop()
            return
        self.grid.update()
        if self.context.connection.is_online:
            self.refresher.request()

    def _restyle(self) -> None:
        for button, name in self._tools:
            button.setIcon(icon(name, self.context.theme.palette.text))


def _run(deed: Action, *_: object) -> None:
    deed.run()
