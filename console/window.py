"""The console's window: it places side bar, title strip, banners, and one view at a time."""

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from console.actions import Action, bind, tip
from console.command_palette.palette import CommandPalette
from console.command_palette.shortcut_sheet import ShortcutSheet
from console.context import Context
from console.link.backend_link import LinkState
from console.link.errors import Trouble, explain
from console.side_bar import SideBar
from console.theme.icons import icon
from console.title_strip import TitleStrip
from console.views.known_views import VIEWS, spec_of
from console.views.view import View
from console.vital_signs import VitalSigns
from console.widgets.banner import Banner
from console.widgets.toast import Toast
from console.window_actions import window_actions
from console.words import tr


class MainWindow(QMainWindow):
    """`painted` follows the first paint, `closed` the window's end."""

    painted = Signal()
    closed = Signal()
    chooser_wanted = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._has_painted = False
        self._more_actions: list[Action] = []
        self.setWindowTitle("Taskdeck")
        self.setMinimumSize(880, 560)
        self.resize(1280, 800)
        self._stack = QStackedWidget()
        self._views: dict[str, View] = {}
        self.side_bar = SideBar(context.theme, VIEWS)
        self.side_bar.chosen.connect(self.show_view)
        self.side_bar.connection_clicked.connect(self.chooser_wanted)
        self.side_bar.help_clicked.connect(self.show_shortcuts)
        self.side_bar.folded.connect(lambda folded: context.remembered.setValue("window/folded", folded))
        self.side_bar.fold(str(context.remembered.value("window/folded", "")).lower() == "true")
        whole = QWidget()
        whole.setObjectName("content")
        across = QHBoxLayout(whole)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.side_bar)
        across.addLayout(self._content(), 1)
        whole.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setCentralWidget(whole)
        self.toast = Toast(whole)
        self.toast.acted.connect(self.undo)
        context.undo.pushed.connect(lambda words: self.toast.say(words, tip(tr("Undo"), "Ctrl+Z")))
        whole.setFocus()
        vital_signs = VitalSigns(context, self)
        vital_signs.told.connect(self.side_bar.show_foot)
        context.link.state_changed.connect(self._show_link)
        context.tasks.failed.connect(self.show_error)
        context.theme.changed.connect(self._restyle)
        bind(window_actions(self, context), self)
        self._restyle()
        self._show_link()
        geometry = context.remembered.value("window/geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        self.show_view(str(context.memory.get("view", "overview")))

    def _content(self) -> QVBoxLayout:
        content = QVBoxLayout()
        content.setContentsMargins(20, 12, 20, 16)
        content.setSpacing(12)
        self.strip = TitleStrip(self._context.theme)
        self.strip.search_clicked.connect(self.show_palette)
        self.strip.primary_clicked.connect(lambda: self.current.do_primary_action())
        content.addWidget(self.strip)
        self._link_banner = Banner()
        self._link_banner.acted.connect(self._link_action)
        self._error_banner = Banner()
        content.addWidget(self._link_banner)
        content.addWidget(self._error_banner)
        content.addWidget(self._stack, 1)
        return content

    @property
    def current(self) -> View:
        """The view that is shown."""
        view = self._stack.currentWidget()
        assert isinstance(view, View)
        return view

    @property
    def _primary(self) -> QWidget:
        return self.strip.primary

    def view(self, name: str) -> View:
        """Return a view, made when it is first needed; an unknown name gives the first."""
        spec = spec_of(name)
        if spec.name not in self._views:
            view = spec.make(self._context)
            view.follow.connect(self.follow)
            self._views[spec.name] = view
            self._stack.addWidget(view)
            bind(view.commands(), view)
        return self._views[spec.name]

    def show_view(self, name: str) -> None:
        """Show one view."""
        view = self.view(name)
        self._stack.setCurrentWidget(view)
        self.strip.show_view(view)
        self.side_bar.show_view(view.name)
        self._context.memory.put("view", view.name)
        view.activated()

    def follow(self, name: str, wanted: dict[str, object]) -> None:
        """Show a view with what is wanted of it."""
        self.show_view(name)
        self.current.show_with(wanted)

    def add_actions(self, actions: Sequence[Action]) -> None:
        """Take in actions of whoever owns the window; their shortcuts work from now on."""
        self._more_actions += actions
        bind(actions, self)

    def all_actions(self) -> list[Action]:
        """Return all that can be done now, what belongs to the view first."""
        return [*self.current.commands(), *window_actions(self, self._context), *self._more_actions]

    def show_palette(self) -> None:
        """Open the command palette."""
        CommandPalette(self._context, self.all_actions(), self.follow, self).open()

    def show_shortcuts(self) -> None:
        """Open the sheet of shortcuts."""
        ShortcutSheet(self.all_actions(), self).open()

    def undo(self) -> None:
        """Take back what was done last, and say so."""
        self._context.tasks.start(self._undo(), name="undo")

    async def _undo(self) -> None:
        words = await self._context.undo.undo()
        if words:
            self.toast.say(tr("Undone: %1").replace("%1", words))
            self.current.refresh()

    def show_error(self, error: Exception) -> None:
        """Show what went wrong, until it is closed."""
        self._error_banner.show_trouble(explain(error))

    def _show_link(self) -> None:
        link = self._context.link
        self.side_bar.show_connection(link.target, link.state)
        if link.state is LinkState.OFFLINE and link.error is not None:
            trouble = explain(link.error)
            if link.last_seen is not None:
                seen = f"{link.last_seen.astimezone():%H:%M:%S}"
                trouble = Trouble(
                    tr("The connection is lost; what you see is from %1.").replace("%1", seen),
                    trouble.why,
                    trouble.next_step,
                    trouble.details,
                )
            self._link_banner.show_trouble(trouble, action=tr("Try now"), can_dismiss=False)
        elif link.state is LinkState.SIGNED_OUT and link.error is not None:
            self._link_banner.show_trouble(explain(link.error), action=tr("Sign in"), can_dismiss=False)
        else:
            self._link_banner.hide()
        if not link.is_online:
            self.side_bar.show_foot([])
        self.strip.primary.setEnabled(link.is_online)

    def _link_action(self) -> None:
        if self._context.link.state is LinkState.SIGNED_OUT:
            self.chooser_wanted.emit()
        else:
            self._context.link.retry_now()

    def _restyle(self) -> None:
        self.setWindowIcon(icon("app", self._context.theme.palette.accent, 64))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell of the first paint, once the loop comes round after it."""
        super().paintEvent(event)
        if not self._has_painted:
            self._has_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the window, and tell of its end."""
        self._context.remembered.setValue("window/geometry", self.saveGeometry())
        self.closed.emit()
        super().closeEvent(event)
