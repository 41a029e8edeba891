"""The base of the pages that show one object."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent

from console.actions import Action
from console.connection.refresher import Refresher
from console.context import Context
from console.deep_link import write_deep_link
from console.views.view import View
from console.widgets.action_buttons import ActionButtons
from console.widgets.page_columns import PageColumns
from console.widgets.page_header import PageHeader
from console.widgets.row_action import RowAction
from console.widgets.surfaces import EmptyState
from console.words import tr
from shared.errors import BackendUnreachableError, NotFoundError, TaskdeckError, UnauthorizedError

R = TypeVar("R")
_TICK_MS = 1000
_LOADING_AFTER_MS = 150
"""A page that comes sooner shows no word of its loading: nothing flickers."""
_SCROLLING = {
    Qt.Key.Key_PageUp: "SliderPageStepSub",
    Qt.Key.Key_PageDown: "SliderPageStepAdd",
    Qt.Key.Key_Home: "SliderToMinimum",
    Qt.Key.Key_End: "SliderToMaximum",
}


class PageState(StrEnum):
    """What a page shows."""

    EMPTY = "empty"
    LOADING = "loading"
    SHOWN = "shown"
    MISSING = "missing"
    FAILED = "failed"


class ObjectPage(View, Generic[R]):
    """A head with the actions over a scrolling body of sections.

    A subclass calls `set_up` with its actions, loads in `load_object`, and calls `show_object` with what it loaded.
    `loaded` follows each load that was shown, or that ended with another state.
    """

    loaded = Signal()
    wanted_key = ""
    """What links within the console call the id of the object."""
    link_view = ""
    """What deep links call the kind of the object."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.object_id: int | None = None
        self.page_state = PageState.EMPTY
        self.columns = PageColumns()
        self.empty = EmptyState()
        self.empty.step.clicked.connect(self._take_step)
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_LOADING_AFTER_MS)
        self._slow.timeout.connect(lambda: self.empty.show_text(tr("Loading…")))
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MS)
        self._clock.timeout.connect(self._tick)
        self.refresher = Refresher(context.background, self._load, name=self.name, parent=self)
        context.connection.state_changed.connect(self._show_can_act)
        context.permissions.changed.connect(self._show_can_act)

    def set_up(self, buttons: ActionButtons[R], header: PageHeader) -> None:
        """Place the head above the body."""
        self.buttons = buttons
        self.header = header
        self.columns.setAccessibleName(self.title())
        self.page.addWidget(header)
        self.page.addWidget(self.empty, 1)
        self.page.addWidget(self.columns, 1)
        self._show_state(PageState.EMPTY)
        self._show_can_act()

    # what a subclass says

    async def load_object(self, object_id: int) -> None:
        """Load all of the page and show it, unless `object_id` is another by then."""
        raise NotImplementedError

    def forget_object(self) -> None:
        """Show nothing of the former object."""

    def missing_words(self) -> str:
        """Return what a page says whose object does not exist."""
        raise NotImplementedError

    def tick(self) -> None:
        """React to a second's passing while the page is seen."""

    # what it gets

    def show_object(self, row: R) -> None:
        """Show the page of a loaded object."""
        self.buttons.show_row(row)
        self._show_state(PageState.SHOWN)
        self.primary_changed.emit()

    def show_missing(self) -> None:
        """Show that the object does not exist, or no longer."""
        self.buttons.show_row(None)
        self.forget_object()
        self.empty.show_text(self.missing_words(), tr("Go back"))
        self._show_state(PageState.MISSING)
        self.primary_changed.emit()

    @contextmanager
    def missing_if_gone(self, object_id: int) -> Iterator[None]:
        """Show that the object does not exist where a part of it turns out not to."""
        try:
            yield
        except NotFoundError:
            if object_id == self.object_id:
                self.show_missing()

    def show_with(self, wanted: dict[str, object]) -> None:
        """Show the object with the id `wanted_key`."""
        object_id = wanted.get(self.wanted_key)
        if not isinstance(object_id, int):
            return
        if object_id != self.object_id:
            self.object_id = object_id
            self.buttons.show_row(None)
            self.forget_object()
            self.columns.verticalScrollBar().setValue(0)
            self.empty.show_text("")
            self._show_state(PageState.LOADING)
            self._slow.start()
        if self.isVisible():
            self.refresher.request_now()
        else:
            self.mark_out_of_date()

    def refresh(self) -> None:
        """Load the object."""
        if self.object_id is not None:
            self.refresher.request_now()

    def follow_change(self) -> None:
        """Load the object again, in a while if it was loaded a moment ago."""
        if self.object_id is not None:
            self.refresher.request()

    def activated(self) -> None:
        """Let the times tick."""
        super().activated()
        self._clock.start()

    def state(self) -> Mapping[str, Any]:
        """Return which object is shown."""
        return {"object": self.object_id}

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """Show the object of another day or window."""
        object_id = state.get("object")
        if isinstance(object_id, int) and self.object_id is None:
            self.show_with({self.wanted_key: object_id})

    def commands(self) -> list[Action]:
        """Offer the actions on the object, with their keys, and the way back."""
        return [
            *super().commands(),
            *self.buttons.commands(self.title()),
            Action(f"{self.name}.close", tr("Close this page"), self._close, group=self.title(), shortcuts=("Esc",)),
        ]

    @property
    def can_be_shown(self) -> bool:
        """Override View.can_be_shown: a page is nothing without an object."""
        return self.object_id is not None

    def linked(self) -> tuple[str, int | str] | None:
        """Override View.linked: the object, while it is shown."""
        if self.object_id is None or self.page_state is not PageState.SHOWN:
            return None
        return self.link_view, self.object_id

    def copy_link_action(self) -> RowAction[R]:
        """Return the action that puts a link to the object on the clipboard."""
        return RowAction(
            id="copy_link", text=lambda: tr("Copy link"), do=lambda _rows: self._copy_link(), icon_name="copy"
        )

    def focus_content(self) -> None:
        """Put the keyboard into the body, so that the arrows scroll, or to the way on where there is no body."""
        if self.page_state is PageState.SHOWN:
            self.columns.setFocus()
        elif self.page_state in (PageState.MISSING, PageState.FAILED):
            self.empty.step.setFocus()
        else:
            self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget.keyPressEvent: scroll the body from wherever the keyboard is."""
        bar = self.columns.verticalScrollBar()
        step = _SCROLLING.get(Qt.Key(event.key()))
        if step is not None and not event.modifiers():
            bar.triggerAction(type(bar).SliderAction[step])
        else:
            super().keyPressEvent(event)

    async def _load(self) -> None:
        wanted = self.object_id
        if wanted is None:
            return
        try:
            with self.missing_if_gone(wanted):
                await self.load_object(wanted)
        except (BackendUnreachableError, UnauthorizedError):
            raise
        except TaskdeckError:
            if wanted == self.object_id and self.page_state is not PageState.SHOWN:
                self.empty.show_text(tr("This page could not be loaded."), tr("Reload"))
                self._show_state(PageState.FAILED)
            raise
        if wanted == self.object_id:
            self.columns.order_focus()
            self.loaded.emit()

    def _show_state(self, state: PageState) -> None:
        focused = self.window().focusWidget()
        moves_focus = state is not self.page_state and focused is not None
        moves_focus = moves_focus and (focused is self or self.isAncestorOf(focused))
        if moves_focus:
            self.setFocus()  # Qt would give the focus of what hides to the side bar
        self.page_state = state
        if state is not PageState.LOADING:
            self._slow.stop()
        is_shown = state is PageState.SHOWN
        self.header.setVisible(is_shown)
        self.columns.setVisible(is_shown)
        self.empty.setVisible(not is_shown)
        if moves_focus:
            self.focus_content()

    def _show_can_act(self) -> None:
        """Offer nothing that the backend would have to do while it is away."""
        self.buttons.set_can_act(self.context.connection.is_online)

    def _take_step(self) -> None:
        if self.page_state is PageState.FAILED:
            self.refresh()
        else:
            self._close()

    def _copy_link(self) -> None:
        found = self.linked()
        if found is not None:
            link = write_deep_link(self.context.saved_connection, *found)
            QGuiApplication.clipboard().setText(link)
            self.said.emit(tr("Copied: %1", link))

    def _close(self) -> None:
        self.back_wanted.emit()

    def _tick(self) -> None:
        if not self.isVisible():
            self._clock.stop()
        elif self.page_state is PageState.SHOWN:
            self.tick()
