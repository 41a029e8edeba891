"""The console's window: it places side bar, title strip, banners, and one view at a time."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from console import remembered
from console.actions import Action, bind, tip
from console.connection.errors import explain
from console.connection_banner import ConnectionBanner
from console.context import Context
from console.greeting import Greeting
from console.side_bar import SideBar
from console.theme.icons import icon
from console.title_strip import TitleStrip
from console.views.known_views import VIEWS, spec_of
from console.views.view import View
from console.vital_signs import VitalSigns
from console.widgets.banner import Banner
from console.widgets.toast import Toast
from console.window_actions import WindowCommands, window_actions
from console.words import tr


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
        self.setWindowTitle("Taskdeck")
        self.setMinimumSize(880, 560)
        self.resize(1280, 800)
        self._stack = QStackedWidget()
        self._views: dict[str, View] = {}
        self.side_bar = SideBar(context.theme, VIEWS)
        self.side_bar.chosen.connect(self.show_view)
        self.side_bar.connection_clicked.connect(self.switcher_wanted)
        self.side_bar.help_clicked.connect(self.show_shortcuts)
        context.permissions.changed.connect(self._offer_views)
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
        self.toast = Toast(whole)
        self.toast.acted.connect(self.undo)
        context.undo.pushed.connect(lambda words: self.toast.show_text(words, tip(tr("Undo"), "Ctrl+Z")))
        whole.setFocus()
        vital_signs = VitalSigns(context, self)
        vital_signs.changed.connect(self.side_bar.show_foot)
        context.connection.state_changed.connect(self._show_connection)
        context.background.failed.connect(self.show_error)
        context.theme.changed.connect(self._restyle)
        bind(self._window_actions(), self)
        self._restyle()
        self._show_connection()
        geometry = context.memory.get(remembered.WINDOW_GEOMETRY)
        if geometry:
            self.restoreGeometry(QByteArray.fromHex(geometry.encode()))
        self.show_view(context.memory.get(remembered.LAST_VIEW))

    def _content(self) -> QVBoxLayout:
        whole = QVBoxLayout()
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self.strip = TitleStrip(self._context.theme, self._context.saved_connection)
        self.strip.search_clicked.connect(self.show_palette)
        self.strip.primary_clicked.connect(lambda: self.current.do_primary_action())
        whole.addWidget(self.strip)
        content = QVBoxLayout()
        content.setContentsMargins(20, 12, 20, 16)
        content.setSpacing(12)
        whole.addLayout(content, 1)
        self.connection_banner = Banner()
        self._connection_words = ConnectionBanner(self._context, self.connection_banner)
        self._connection_words.sign_in_wanted.connect(self.chooser_wanted)
        self._connection_words.log_wanted.connect(self.show_backend_log)
        self.error_banner = Banner()
        content.addWidget(self.connection_banner)
        content.addWidget(self.error_banner)
        self.greeting = Greeting(self._context, self.follow)
        self.greeting.said.connect(lambda words: self.toast.show_text(words))
        content.addWidget(self.greeting)
        content.addWidget(self._stack, 1)
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
            view.primary_changed.connect(lambda: self.strip.show_view(self.current))
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
        view = self.view(name)
        focused, former = self.focusWidget(), self._stack.currentWidget()
        if focused is not None and former is not None and former is not view and former.isAncestorOf(focused):
            # Qt would give the focus of a view that hides to the first control of the window.
            self._whole.setFocus()
        self._stack.setCurrentWidget(view)
        self.strip.show_view(view)
        self.side_bar.show_view(view.name)
        self.greeting.show_for(view.name)
        self._context.memory.put(remembered.LAST_VIEW, view.name)
        if self.focusWidget() in (None, self._whole):
            view.focus_content()
        view.activated()
        self.view_shown.emit(view.name)

    def follow(self, name: str, wanted: dict[str, object]) -> None:
        """Show a view with what is wanted of it."""
        self.show_view(name)
        self.current.show_with(wanted)

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
            show_shortcuts=self.show_shortcuts,
            focus_filter=lambda: self.current.focus_filter(),
            refresh=lambda: self.current.refresh(),
            undo=self.undo,
            choose_backend=self.chooser_wanted.emit,
            toggle_side_bar=self.side_bar.toggle,
        )
        return window_actions(commands, self._context)

    def show_palette(self) -> None:
        """Open the command palette."""
        from console.command_palette.palette import CommandPalette

        CommandPalette(self._context, self.all_actions(), self.follow, self).open()

    def show_shortcuts(self) -> None:
        """Open the sheet of shortcuts."""
        from console.command_palette.shortcut_sheet import ShortcutSheet

        ShortcutSheet(self.all_actions(), self).open()

    def undo(self) -> None:
        """Take back what was done last, and say so."""
        self._context.background.start(self._undo(), name="undo")

    async def _undo(self) -> None:
        words = await self._context.undo.undo()
        if words:
            self.toast.show_text(tr("Undone: %1", words))
            self.current.refresh()

    def show_error(self, error: Exception) -> None:
        """Show what went wrong, until it is closed."""
        self.error_banner.show_trouble(explain(error))

    def _show_connection(self) -> None:
        connection = self._context.connection
        self.side_bar.show_connection(self._context.saved_connection, connection.state)
        self._connection_words.show_state()
        if not connection.is_online:
            self.side_bar.show_foot([])
        self.strip.primary.setEnabled(connection.is_online)

    def _restyle(self) -> None:
        self.setWindowIcon(icon("app", self._context.theme.palette.accent, 64))

    def show_backend_log(self) -> None:
        """Open the log of this machine's backend."""
        from console.backend_log_dialog import BackendLogDialog

        BackendLogDialog(self._context.keeper.log_path, self).open()

    def remember(self) -> None:
        """Keep how the window and its views look."""
        self._context.memory.put(remembered.WINDOW_GEOMETRY, bytes(self.saveGeometry().data()).hex())
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
