"""Everything of one window: what the desk opens, and what a test drives."""

import asyncio

from PySide6.QtCore import QObject, QPoint, QSettings, Qt, Signal
from PySide6.QtWidgets import QApplication

from console.console_actions import console_actions, show_connection_menu
from console.context import Context
from console.link.backend_link import BackendLink
from console.link.connections import Connections
from console.link.credentials import Credentials
from console.link.local_keeper import LocalKeeper
from console.link.target import LocalTarget, RemoteTarget, Target, TokenTarget
from console.memory import Memory
from console.options import Options
from console.preferences import Preferences
from console.supervised import TaskSet
from console.theme.current import Theme
from console.translation import speak
from console.undo import UndoStack
from console.window import MainWindow
from console.words import show_times
from shared.models.auth import TokenPair


class Console(QObject):
    """A window, its connection, and the work that runs for them.

    A change of the language, of how times are written, or of the backend makes all of it anew, so that no word and
    no row of the former one is left; `rebuilt` follows, and `window`, `link`, `tasks` and `context` are new.
    """

    rebuilt = Signal()
    closed = Signal()
    another_wanted = Signal(str)
    quit_wanted = Signal()

    def __init__(
        self,
        application: QApplication,
        options: Options,
        remembered: QSettings,
        *,
        credentials: Credentials | None = None,
        url: str | None = None,
    ) -> None:
        """`url` names the backend; empty is this machine's, None the one of the options or the one used last."""
        super().__init__(application)
        self.options = options
        self.remembered = remembered
        self.preferences = Preferences(remembered, self)
        self.connections = Connections(remembered)
        self.credentials = credentials or Credentials()
        self._application = application
        self._rebuilding: asyncio.Task[None] | None = None
        if options.language is None:
            speak(application, self.preferences.language)
        show_times(self.preferences.times)
        self.theme = Theme(application, self.preferences.theme)
        self.theme.reduce_motion(self.preferences.reduces_motion)
        self.theme.changed.connect(lambda: self.preferences.put("theme", self.theme.chosen or ""))
        self.preferences.changed.connect(self._preference_changed)
        self._build(self._first_target(url))

    def _first_target(self, url: str | None) -> Target:
        if url is None and self.options.url and self.options.token:
            return TokenTarget(self.options.url, self.options.token)
        wanted = (
            url if url is not None else self.options.url or ("" if self.options.is_local else self.connections.last)
        )
        return self.remote(wanted, None) if wanted else LocalTarget(self.options.data_dir)

    def _build(self, target: Target) -> None:
        self.tasks = TaskSet(self)
        self.link = BackendLink(target, self)
        self.keeper = LocalKeeper(self.link, self.tasks, self.options, self.link)
        url = "" if isinstance(target, LocalTarget) else target.url
        self.context = Context(
            self.theme,
            self.link,
            self.tasks,
            self.remembered,
            Memory(self.remembered, target.key),
            UndoStack(self.link),
            self.preferences,
            self.connections.find(url),
            self.keeper,
        )
        self.window = MainWindow(self.context)
        self.window.chooser_wanted.connect(self.choose_backend)
        self.window.switcher_wanted.connect(self._show_switcher)
        self.window.closed.connect(self.closed)
        self.window.offer(lambda: console_actions(self))

    def open(self) -> None:
        """Show the window and begin to connect."""
        self.window.show()
        self.tasks.start(self._connect(self.link), name="link")

    async def close(self) -> None:
        """End all that runs."""
        self.window.remember()
        self.window.hide()
        if self._rebuilding is not None:
            await asyncio.gather(self._rebuilding, return_exceptions=True)
        await self.tasks.close()
        await self.keeper.close()

    def choose_backend(self) -> None:
        """Open the chooser."""
        from console.connection_dialog import ConnectionDialog  # not needed for the first paint

        dialog = ConnectionDialog(self.context, self.connections, self.credentials, self.options.data_dir, self.window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.signed_in.connect(self._signed_in)
        dialog.chosen.connect(self.use)
        dialog.local_chosen.connect(lambda: self.use(""))
        dialog.open()

    def _show_switcher(self) -> None:
        bar = self.window.side_bar
        show_connection_menu(self, bar.mapToGlobal(bar.rect().topLeft()) + QPoint(12, 72))

    def use(self, url: str) -> None:
        """Leave the backend in use for another that is saved; empty is this machine's."""
        self.connections.use(url)
        if not url:
            self.keeper.want_started()
        self.rebuild(self.remote(url, None) if url else LocalTarget(self.options.data_dir))

    def _signed_in(self, url: str, pair: TokenPair) -> None:
        self.connections.use(url)
        self.rebuild(self.remote(url, pair))

    def remote(self, url: str, pair: TokenPair | None) -> RemoteTarget:
        """Return the target at `url`, whose renewed tokens are kept."""

        def keep(renewed: TokenPair) -> None:
            self.tasks.start(self.credentials.keep(url, renewed), name="keep tokens")

        return RemoteTarget(url, pair, keep, self.connections.find(url).ca_file)

    def rebuild(self, target: Target | None = None) -> None:
        """Make window and connection anew, at once; the former ones end behind them."""
        former = (self.window, self.link, self.tasks, self.keeper)
        view, state = self.window.current.name, self.window.current.kept_state()
        is_same = target is None
        self.window.remember()
        was_shown = self.window.isVisible()
        self._build(target or self.link.target)
        if is_same:
            self.window.show_view(view)
            self.window.current.bring_back(state)
        self.keeper.take_over(former[3])
        if was_shown:
            self.open()
        else:
            self.tasks.start(self._connect(self.link), name="link")
        self._rebuilding = asyncio.get_running_loop().create_task(self._put_away(*former), name="put away")
        self.rebuilt.emit()

    async def _put_away(self, window: MainWindow, link: BackendLink, tasks: TaskSet, keeper: LocalKeeper) -> None:
        window.hide()
        await tasks.close()
        window.deleteLater()
        link.deleteLater()
        tasks.deleteLater()

    async def _connect(self, link: BackendLink) -> None:
        """Fetch the tokens of a backend that was used before, then keep the connection."""
        target = link.target
        if isinstance(target, RemoteTarget) and target.pair is None:
            pair = await self.credentials.load(target.url)
            link.target = self.remote(target.url, pair)
        await link.run()

    def _preference_changed(self, name: str) -> None:
        if name == "theme":
            if self.theme.chosen != self.preferences.theme:
                self.theme.choose(self.preferences.theme)
        elif name == "motion":
            self.theme.reduce_motion(self.preferences.reduces_motion)
        elif name == "language":
            speak(self._application, self.preferences.language)
            self.rebuild()
        elif name == "times":
            show_times(self.preferences.times)
            self.rebuild()
