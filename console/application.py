"""Everything of one window: what the desk opens, and what a test drives."""

import asyncio

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QApplication

from console.alert_watch import AlertWatch
from console.background import BackgroundJobs
from console.connection.backend_connection import BackendConnection
from console.connection.credentials import Credentials
from console.connection.endpoint import Endpoint, LocalEndpoint, RemoteEndpoint, TokenEndpoint
from console.connection.local_keeper import LocalKeeper
from console.connection.permissions import Permissions
from console.connection.saved_connections import SavedConnections
from console.console_actions import ConsoleActions
from console.context import Context
from console.feeds.feeds import Feeds
from console.health import Health
from console.memory import Memory
from console.newer_version import NewerVersion
from console.options import Options
from console.preferences import Preference, Preferences
from console.silences import Silences
from console.theme.current import Theme
from console.translation import speak
from console.undo import UndoStack
from console.window import MainWindow
from shared.models.auth import TokenPair


class Console(QObject):
    """A window, its connection, and the work that runs for them.

    A change of the language, of how times are written, or of the backend rebuilds all of it, so that no text and
    no row of the former one is left; `rebuilt` follows, and `window`, `connection`, `background` and `context` are new.
    """

    rebuilt = Signal()
    closed = Signal()
    another_wanted = Signal(str)
    quit_wanted = Signal()

    def __init__(
        self,
        application: QApplication,
        options: Options,
        memory: Memory,
        *,
        credentials: Credentials | None = None,
        url: str | None = None,
    ) -> None:
        """`url` names the backend; empty is this machine's, None the one of the options or the one used last."""
        super().__init__(application)
        self.options = options
        self._memory = memory
        self.preferences = Preferences(memory, self)
        self.connections = SavedConnections(memory)
        self.credentials = credentials or Credentials()
        self._application = application
        self._rebuilding: asyncio.Task[None] | None = None
        if options.language is None:
            speak(application, self.preferences.language)
        self.theme = Theme(application, self.preferences.theme)
        self.theme.reduce_motion(self.preferences.reduces_motion)
        self.theme.make_compact(self.preferences.is_compact)
        self.theme.changed.connect(lambda: self.preferences.put(Preference.THEME, self.theme.chosen or ""))
        self.preferences.changed.connect(self._preference_changed)
        self._build(self._first_endpoint(url))

    def _first_endpoint(self, url: str | None) -> Endpoint:
        if url is None and self.options.url and self.options.token:
            given = self.options
            return TokenEndpoint(self.options.url, self.options.token, given.ca_file, given.allows_http)
        wanted = (
            url if url is not None else self.options.url or ("" if self.options.is_local else self.connections.last)
        )
        return self.remote(wanted, None) if wanted else LocalEndpoint(self.options.data_dir)

    def _build(self, endpoint: Endpoint) -> None:
        self.background = BackgroundJobs(self)
        self.connection = BackendConnection(endpoint, self)
        self.keeper = LocalKeeper(self.connection, self.background, self.options, self.connection)
        url = "" if isinstance(endpoint, LocalEndpoint) else endpoint.url
        feeds, memory = Feeds(self.connection, self.connection), self._memory.for_connection(endpoint.key)
        self.context = Context(
            self.theme,
            self.connection,
            feeds,
            self.background,
            memory,
            UndoStack(self.connection),
            self.preferences,
            self.connections.find(url),
            self.keeper,
            Permissions(self.connection, self.background, self.connection),
            Health(self.connection, self.background, self.connection),
            AlertWatch(self.connection, feeds.alerts, self.background, memory),
            Silences(self.connection, feeds.alerts, self.background),
            NewerVersion(self.background, self.preferences, memory, parent=self.connection),
        )
        self.window = MainWindow(self.context)
        self.window.chooser_wanted.connect(self.choose_backend)
        self.window.switcher_wanted.connect(self._show_switcher)
        self.window.closed.connect(self.closed)
        self._actions = ConsoleActions(self.context, self.connections, self.window)
        self._actions.backend_wanted.connect(self.use)
        self._actions.another_window_wanted.connect(self.another_wanted)
        self._actions.chooser_wanted.connect(self.choose_backend)
        self._actions.quit_wanted.connect(self.quit_wanted)
        self.window.offer(self._actions.all)

    def open(self) -> None:
        """Show the window and begin to connect."""
        self.window.show()
        self.background.start(self._connect(self.connection), name="connection")

    async def close(self) -> None:
        """End all that runs."""
        self.window.remember()
        self.window.hide()
        if self._rebuilding is not None:
            await asyncio.gather(self._rebuilding, return_exceptions=True)
        await self.background.close()
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
        self._actions.show_connection_menu(bar.mapToGlobal(bar.rect().topLeft()) + QPoint(12, 72))

    def use(self, url: str) -> None:
        """Leave the backend in use for another that is saved; empty is this machine's."""
        self.connections.use(url)
        if not url:
            self.keeper.want_started()
        self.rebuild(self.remote(url, None) if url else LocalEndpoint(self.options.data_dir))

    def _signed_in(self, url: str, pair: TokenPair) -> None:
        self.connections.use(url)
        self.rebuild(self.remote(url, pair))

    def remote(self, url: str, pair: TokenPair | None) -> RemoteEndpoint:
        """Return the endpoint at `url`, whose renewed tokens are kept."""

        def keep(renewed: TokenPair) -> None:
            self.background.start(self.credentials.keep(url, renewed), name="keep tokens")

        saved = self.connections.find(url)
        return RemoteEndpoint(url, pair, keep, saved.ca_file, saved.allows_http)

    def rebuild(self, endpoint: Endpoint | None = None) -> None:
        """Build a new window and connection at once; the former ones are closed in the background."""
        former = (self.window, self.connection, self.background, self.keeper)
        former_view = self.window.current
        view, state, selection = former_view.name, former_view.state(), former_view.selection()
        is_same = endpoint is None
        self.window.remember()
        was_shown = self.window.isVisible()
        place = self.window.pos()
        self._build(endpoint or self.connection.endpoint)
        if is_same:
            self.window.show_view(view)
            self.window.current.restore_state(state)
            self.window.current.restore_selection(selection)
        self.keeper.take_over(former[3])
        if was_shown:
            if not self.window.windowState() & (Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen):
                # What a window remembers is where it stood inside of its frame: on X11 it would move by the frame.
                self.window.move(place)
            self.open()
        else:
            self.background.start(self._connect(self.connection), name="connection")
        self._rebuilding = asyncio.get_running_loop().create_task(self._put_away(*former), name="put away")
        self.rebuilt.emit()

    async def _put_away(
        self, window: MainWindow, connection: BackendConnection, background: BackgroundJobs, keeper: LocalKeeper
    ) -> None:
        window.hide()
        await background.close()
        window.deleteLater()
        connection.deleteLater()
        background.deleteLater()

    async def _connect(self, connection: BackendConnection) -> None:
        """Fetch the tokens of a backend that was used before, then keep the connection."""
        endpoint = connection.endpoint
        if isinstance(endpoint, RemoteEndpoint) and endpoint.pair is None:
            pair = await self.credentials.load(endpoint.url)
            connection.endpoint = self.remote(endpoint.url, pair)
        await connection.run()

    def _preference_changed(self, preference: Preference) -> None:
        if preference is Preference.THEME:
            if self.theme.chosen != self.preferences.theme:
                self.theme.choose(self.preferences.theme)
        elif preference is Preference.MOTION:
            self.theme.reduce_motion(self.preferences.reduces_motion)
        elif preference is Preference.DENSITY:
            self.theme.make_compact(self.preferences.is_compact)
        elif preference is Preference.LANGUAGE:
            speak(self._application, self.preferences.language)
            self.rebuild()
        elif preference is Preference.TIMES:
            self.rebuild()
