"""All windows of the console: one a backend, side by side, with one tray icon for them all."""

import asyncio

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from console.application import Console
from console.connection.credentials import Credentials
from console.deep_link import connection_of, read_deep_link
from console.memory import Memory
from console.options import Options
from console.tray import Tray
from console.words import tr
from shared.errors import TaskdeckError


class Desk(QObject):
    """Opens and closes windows; `ended` is set when the last one has gone."""

    def __init__(self, application: QApplication, options: Options, memory: Memory) -> None:
        super().__init__(application)
        self._application = application
        self._options = options
        self._memory = memory
        self._credentials = Credentials()
        self._closing: set[asyncio.Task[None]] = set()
        self.ended = asyncio.Event()
        self.consoles: list[Console] = []
        self.tray = Tray(self)
        self.tray.open_wanted.connect(self.show_all)
        self.tray.quit_wanted.connect(self.ended.set)

    def open(self, url: str | None = None) -> Console:
        """Open a window on a backend; None is the one to begin with."""
        console = Console(self._application, self._options, self._memory, credentials=self._credentials, url=url)
        console.closed.connect(lambda: self._window_closed(console))
        console.another_wanted.connect(lambda wanted: self.open(wanted))
        console.quit_wanted.connect(self.ended.set)
        console.theme.changed.connect(lambda: self._theme_changed(console))
        self.consoles.append(console)
        self.tray.watch(console)
        console.open()
        return console

    def open_link(self, text: str) -> None:
        """Show the object that a link names, in the window of its backend, or in one that is opened for it."""
        link = read_deep_link(text)
        first = self.consoles[0]
        target = connection_of(link, first.connections.all()) if link is not None else None
        if link is None or target is None:
            words = tr("%1 does not belong to a saved connection.", text)
            first.window.show_error(TaskdeckError(words))
            return
        console = next((one for one in self.consoles if one.context.saved_connection.url == target.url), None)
        console = console or self.open(target.url)
        console.window.show()
        console.window.activateWindow()
        console.window.follow(link.page, link.wanted)

    def show_all(self) -> None:
        """Bring every window to the front."""
        for console in self.consoles:
            console.window.show()
            console.window.activateWindow()

    def _window_closed(self, console: Console) -> None:
        if console.preferences.when_closed == "tray" and self.tray.is_there:
            return  # the window is hidden, its connection goes on
        self._put_away(console)

    def _put_away(self, console: Console) -> None:
        if console not in self.consoles:
            return
        if len(self.consoles) == 1:
            self.ended.set()
            return
        self.consoles.remove(console)
        self.tray.forget(console)
        closing = asyncio.get_running_loop().create_task(console.close(), name="close window")
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)
        closing.add_done_callback(lambda _done: console.deleteLater())

    def _theme_changed(self, changed: Console) -> None:
        for console in self.consoles:
            if console is not changed:
                if console.theme.chosen != changed.theme.chosen:
                    console.theme.choose(changed.theme.chosen)
                console.theme.make_compact(changed.theme.is_compact)

    async def close(self) -> None:
        """Close every window and wait for the end of what they did."""
        self.tray.hide()
        for console in self.consoles:
            await console.close()
        if self._closing:
            await asyncio.gather(*self._closing, return_exceptions=True)
