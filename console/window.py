"""The console's window: side bar, title strip, banner, one view at a time."""

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QPaintEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from console.context import Context
from console.link.backend_link import LinkState
from console.link.errors import Trouble, explain
from console.side_bar import SideBar
from console.theme.icons import icon
from console.views.overview.overview import OverviewView
from console.views.view import View
from console.vital_signs import VitalSigns
from console.widgets.banner import Banner
from console.widgets.surfaces import label
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
        self.setWindowTitle("Taskdeck")
        self.setMinimumSize(880, 560)
        self.resize(1280, 800)
        self._stack = QStackedWidget()
        self._views: dict[str, View] = {}
        self._side_bar = SideBar(
            context.theme,
            [
                ("overview", tr("Overview")),
                ("tasks", tr("Tasks")),
                ("runs", tr("Runs")),
                ("workers", tr("Workers")),
                ("alerts", tr("Alerts")),
                ("policies", tr("Policies")),
            ],
        )
        self._side_bar.chosen.connect(self.show_view)
        self._side_bar.connection_clicked.connect(self.chooser_wanted)
        whole = QWidget()
        whole.setObjectName("content")
        across = QHBoxLayout(whole)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self._side_bar)
        across.addLayout(self._content(), 1)
        whole.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setCentralWidget(whole)
        whole.setFocus()
        vital_signs = VitalSigns(context, self)
        vital_signs.told.connect(self._side_bar.show_foot)
        context.link.state_changed.connect(self._show_link)
        context.tasks.failed.connect(self.show_error)
        context.theme.changed.connect(self._restyle)
        self._shortcuts()
        self._restyle()
        self._show_link()
        geometry = context.remembered.value("window/geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        self.show_view(str(context.remembered.value("window/view", "overview")))

    def _content(self) -> QVBoxLayout:
        content = QVBoxLayout()
        content.setContentsMargins(20, 12, 20, 16)
        content.setSpacing(12)
        strip = QHBoxLayout()
        self._title = label("", "title")
        self._primary = QPushButton()
        self._primary.setObjectName("primary")
        self._primary.clicked.connect(lambda: self.current.do_primary_action())
        strip.addWidget(self._title)
        strip.addStretch(1)
        strip.addWidget(self._primary)
        self._primary.setFixedHeight(32)
        holder = QWidget()
        holder.setFixedHeight(36)
        strip.setContentsMargins(0, 0, 0, 0)
        holder.setLayout(strip)
        content.addWidget(holder)
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

    def view(self, name: str) -> View:
        """Return a view, made when it is first needed; an unknown name gives the overview."""
        if name not in self._views:
            view = self._make(name)
            view.follow.connect(self._follow)
            self._views[view.name] = view
            self._stack.addWidget(view)
            name = view.name
        return self._views[name]

    def _make(self, name: str) -> View:
        if name == "tasks":
            from console.views.tasks.tasks import TasksView

            return TasksView(self._context)
        if name == "runs":
            from console.views.runs.runs import RunsView

            return RunsView(self._context)
        if name == "workers":
            from console.views.workers.workers import WorkersView

            return WorkersView(self._context)
        if name == "alerts":
            from console.views.alerts.alerts import AlertsView

            return AlertsView(self._context)
        if name == "policies":
            from console.views.policies.policies import PoliciesView

            return PoliciesView(self._context)
        return self._views.get("overview") or OverviewView(self._context)

    def show_view(self, name: str) -> None:
        """Show one view."""
        view = self.view(name)
        self._stack.setCurrentWidget(view)
        self._title.setText(view.title())
        self._primary.setText(view.primary_action())
        self._primary.setVisible(bool(view.primary_action()))
        self._side_bar.show_view(view.name)
        self._context.remembered.setValue("window/view", view.name)
        view.activated()

    def show_error(self, error: Exception) -> None:
        """Show what went wrong, until it is closed."""
        self._error_banner.show_trouble(explain(error))

    def _follow(self, name: str, wanted: dict[str, object]) -> None:
        self.show_view(name)
        self.current.show_with(wanted)

    def _shortcuts(self) -> None:
        for keys, act in (
            ("Ctrl+N", lambda: self._follow("tasks", {"new": True})),
            ("/", lambda: self.current.focus_filter()),
            ("Ctrl+F", lambda: self.current.focus_filter()),
            ("F5", lambda: self.current.refresh()),
            ("Ctrl+Shift+L", self._context.theme.toggle),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(act)

    def _show_link(self) -> None:
        link = self._context.link
        self._side_bar.show_connection(link.target, link.state)
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
            self._side_bar.show_foot([])
        self._primary.setEnabled(link.is_online)

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
