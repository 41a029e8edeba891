"""The console's window: it places side bar, title strip, banners, and one view at a time."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from console import remembered
from console.actions import Action, bind, tip
from console.connection.backend_connection import ConnectionState
from console.connection.errors import Trouble, explain
from console.connection_banner import ConnectionBanner
from console.context import Context
from console.documentation import open_page
from console.greeting import Greeting
from console.interface_size import LEAST_WINDOW
from console.navigation import Navigation, Place
from console.side_bar import SideBar
from console.theme.icons import icon
from console.title_strip import TitleStrip
from console.views.known_views import VIEWS, spec_of
from console.views.view import View
from console.widgets.banner import Banner
from console.widgets.toast import Toast
from console.window_actions import WindowCommands, window_actions
from console.window_dialogs import WindowDialogs
from console.window_geometry import remember_geometry, restore_geometry
from console.words import sentences, tr


class MainWindow(QMainWindow):
    """`painted` follows the first paint, `closed` the window's end, `view_shown` carries the name of each view shown.

    What the first paint does not need is imported when it is first opened.
    """

    painted = Signal()
    closed = Signal()
    chooser_wanted = Signal()
    switcher_wanted = Signal()
    view_shown = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._has_painted = False
        self._offers: Callable[[], Sequence[Action]] = tuple
        self.setMinimumSize(LEAST_WINDOW)
        self.resize(1280, 800)
        self._stack = QStackedWidget()
        self._views: dict[str, View] = {}
        self._errors: dict[str, Trouble] = {}
        self._navigation = Navigation()
        self.dialogs = WindowDialogs(context, self)
        self.dialogs.follow.connect(self.follow)
        self.side_bar = SideBar(context.theme, VIEWS)
        self.side_bar.chosen.connect(self.show_view)
        self.side_bar.connection_clicked.connect(self.switcher_wanted)
        self.side_bar.help_clicked.connect(self.show_help)
        self.side_bar.shortcuts_clicked.connect(self.show_shortcuts)
        context.permissions.changed.connect(self._offer_views)
        context.permissions.changed.connect(self._show_connection)
        self.side_bar.folded.connect(lambda folded: context.memory.put(remembered.SIDE_BAR_FOLDED, folded))
        self.side_bar.fold(context.memory.get(remembered.SIDE_BAR_FOLDED))
        whole = QWidget()
        whole.setObjectName("content")
        across = QHBoxLayout(whole)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.side_bar)
        across.addLayout(self._content(), 1)
        whole.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setCentralWidget(whole)
        self._whole = whole
        self.toast = Toast(whole, over=self._stack)
        self.toast.acted.connect(self.undo)
        self.dialogs.said.connect(self.toast.show_text)
        context.undo.pushed.connect(self._show_done)
        context.newer_version.available.connect(self.toast.show_text)
        self.painted.connect(context.newer_version.look_daily)
        whole.setFocus()
        context.health.changed.connect(self._show_health)
        context.alerts.changed.connect(lambda: self.side_bar.show_new_alerts(context.alerts.unseen))
        context.connection.state_changed.connect(self._show_connection)
        context.background.failed.connect(self.show_error)
        context.theme.changed.connect(self._restyle)
        bind(self._window_actions(), self)
        self._restyle()
        self._show_connection()
        restore_geometry(self, context.memory)
        self.show_view(context.memory.get(remembered.LAST_VIEW))

    def _content(self) -> QVBoxLayout:
        whole = QVBoxLayout()
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self.strip = TitleStrip(self._context.theme, self._context.saved_connection)
        self.strip.search_clicked.connect(self.show_palette)
        self.strip.primary_clicked.connect(lambda: self.current.do_primary_action())
        self.strip.back_clicked.connect(self.go_back)
        whole.addWidget(self.strip)
        content = QVBoxLayout()
        content.setContentsMargins(20, 12, 20, 16)
        content.setSpacing(12)
        whole.addLayout(content, 1)
        self.connection_banner = Banner()
        self._connection_words = ConnectionBanner(self._context, self.connection_banner)
        self._connection_words.sign_in_wanted.connect(self.chooser_wanted)
        self._connection_words.log_wanted.connect(self.dialogs.open_backend_log)
        self.error_banner = Banner()
        self.error_banner.closed.connect(lambda: self._errors.pop(self.current.name, None))
        self.greeting = Greeting(self._context, self.follow)
        self.greeting.said.connect(lambda words: self.toast.show_text(words))
        content.addWidget(self.greeting)
        content.addWidget(self._stack, 1)
        # Below the view: a banner that comes or goes moves nothing under the pointer.
        content.addWidget(self.connection_banner)
        content.addWidget(self.error_banner)
        return whole

    @property
    def current(self) -> View:
        """The view that is shown."""
        view = self._stack.currentWidget()
        assert isinstance(view, View)
        return view

    def view(self, name: str) -> View:
        """Return a view, made when it is first needed; an unknown name gives the first."""
        spec = spec_of(name)
        if spec.name not in self._views:
            view = spec.make(self._context)
            view.follow.connect(self.follow)
            view.said.connect(lambda words: self.toast.show_text(words))
            view.back_wanted.connect(self.go_back)
            view.primary_changed.connect(self._show_strip)
            view.primary_changed.connect(self._show_title)
            self._views[spec.name] = view
            self._stack.addWidget(view)
            bind(view.commands(), view)
            view.restore_state(self._context.memory.get(remembered.VIEW_STATE.of(spec.name)))
        return self._views[spec.name]

    def _offer_views(self) -> None:
        is_member = self._context.permissions.is_member
        self.side_bar.offer([spec.name for spec in VIEWS if not (is_member and spec.is_of_system)])

    def show_view(self, name: str) -> None:
        """Show one view."""
        self._go(Place(spec_of(name).name))

    def follow(self, name: str, wanted: dict[str, object]) -> None:
        """Show a view with what is wanted of it."""
        if spec_of(name).is_page:
            self._go(Place(name, wanted))
        else:
            self.show_view(name)
            self.current.show_with(wanted)

    def go_back(self) -> None:
        """Show the view or page before this one as it was; from the first page, the list of its objects."""
        spec = spec_of(self.current.name)
        place = self._navigation.back() or (Place(spec.parent) if spec.is_page else None)
        if place is not None:
            self._go(place)

    def go_forward(self) -> None:
        """Show what `go_back` left."""
        place = self._navigation.forward()
        if place is not None:
            self._go(place)

    def _go(self, place: Place) -> None:
        view = self.view(place.view)
        if place.wanted:
            self._errors.pop(view.name, None)
            view.show_with(dict(place.wanted))
        if not view.can_be_shown:  # a page of another day whose object is not known
            place = Place(spec_of(place.view).parent)
            view = self.view(place.view)
        self._navigation.visit(place)
        focused, former = self.focusWidget(), self._stack.currentWidget()
        if focused is not None and former is not None and former is not view and former.isAncestorOf(focused):
            # Qt would give the focus of a view that hides to the first control of the window.
            self._whole.setFocus()
        self._stack.setCurrentWidget(view)
        self._show_strip()
        self._show_title()
        self._show_error()
        self.side_bar.show_view(spec_of(view.name).parent or view.name)
        self.greeting.show_for(view.name)
        self._context.memory.put(remembered.LAST_VIEW, view.name)
        if self.focusWidget() in (None, self._whole):
            view.focus_content()
        view.activated()
        self.view_shown.emit(view.name)

    def offer(self, offers: Callable[[], Sequence[Action]]) -> None:
        """Add the actions of the owner of the window; `offers` is called each time they are shown."""
        self._offers = offers
        bind(offers(), self)

    def all_actions(self) -> list[Action]:
        """Return all that can be done now, what belongs to the view first."""
        return [*self.current.commands(), *self._window_actions(), *self._offers()]

    def _window_actions(self) -> list[Action]:
        commands = WindowCommands(
            create_task=lambda: self.follow("tasks", {"new": True}),
            show_view=self.show_view,
            show_palette=self.show_palette,
            show_help=self.show_help,
            show_shortcuts=self.show_shortcuts,
            focus_filter=lambda: self.current.focus_filter(),
            refresh=lambda: self.current.refresh(),
            undo=self.undo,
            choose_backend=self.chooser_wanted.emit,
            toggle_side_bar=self.side_bar.toggle,
            go_back=self.go_back,
            go_forward=self.go_forward,
        )
        return window_actions(commands, self._context)

    def show_palette(self) -> None:
        """Open the command palette."""
        self.dialogs.open_palette(self.all_actions())

    def show_help(self) -> None:
        """Open the documentation of the current view in the browser."""
        trouble = open_page(spec_of(self.current.name).help_page)
        if trouble is not None:
            self.show_trouble(trouble)

    def show_shortcuts(self) -> None:
        """Open the sheet of shortcuts."""
        self.dialogs.open_shortcuts(self.all_actions())

    def _show_done(self, words: str, remark: str) -> None:
        self.toast.show_text(sentences(words, remark) if remark else words, tip(tr("Undo"), "Ctrl+Z"))

    def undo(self) -> None:
        """Take back what was done last, and say so."""
        self._context.background.start(self._undo(), name="undo")

    async def _undo(self) -> None:
        words = await self._context.undo.undo()
        if words:
            self.toast.show_text(tr("Undone: %1", words))
            self.current.refresh()

    def show_error(self, error: Exception) -> None:
        """Show what went wrong in the view where it did, until it is closed."""
        self.show_trouble(explain(error))

    def show_trouble(self, trouble: Trouble) -> None:
        """Show what went wrong in the current view, until it is closed."""
        self._errors[self.current.name] = trouble
        self._show_error()

    def _show_error(self) -> None:
        trouble = self._errors.get(self.current.name)
        if trouble is not None:
            self.error_banner.show_trouble(trouble)
        else:
            self.error_banner.hide()

    def _show_strip(self) -> None:
        before = self._navigation.before
        spec = spec_of(self.current.name)
        back = spec_of(before.view).title() if before is not None else spec_of(spec.parent).title()
        self.strip.show_view(
            self.current, is_online=self._context.connection.is_online, back_to=back if spec.is_page else ""
        )

    def _show_title(self) -> None:
        """Name view and backend: that is how windows differ in the task bar."""
        where = self._context.saved_connection.shown_name
        if self._context.connection.state is ConnectionState.OFFLINE:
            where = tr("%1 · offline", where)
        elif trouble := self._context.health.trouble:
            where = f"{where} · {trouble}"
        self.setWindowTitle(f"{self.current.window_title()} — {where} — Taskdeck")

    def _show_health(self) -> None:
        self.side_bar.show_vitals(self._context.health.vitals)
        self._show_title()

    def _show_connection(self) -> None:
        connection = self._context.connection
        self.side_bar.show_connection(self._context.saved_connection, connection.state)
        self._connection_words.show_state()
        if self._stack.count():
            self._show_strip()
            self._show_health()

    def _restyle(self) -> None:
        self.setWindowIcon(icon("app", self._context.theme.palette.accent, 64))

    def remember(self) -> None:
        """Keep how the window and its views look."""
        remember_geometry(self, self._context.memory)
        for name, view in self._views.items():
            self._context.memory.put(remembered.VIEW_STATE.of(name), view.state())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell of the first paint, once the loop comes round after it."""
        super().paintEvent(event)
        if not self._has_painted:
            self._has_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the window, and tell of its end."""
        self.remember()
        self.closed.emit()
        super().closeEvent(event)
