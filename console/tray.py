"""The icon in the system tray: the state of the backends, and notifications of failures."""

import html
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from console.connection.backend_connection import ConnectionState
from console.connection.refresher import Refresher
from console.feeds.runs import RunEvent
from console.status_words import status_words
from console.subscriptions import Subscriptions, is_worth_telling
from console.theme.glyphs import Glyph, paint_glyph
from console.theme.icons import icon
from console.theme.palette import LIGHT
from console.views.alerts.words import alert_detail, alert_title
from console.words import number, sentences, tr
from shared.enums import EventType
from shared.models.alert import Alert, AlertMessage
from shared.models.run import Run
from shared.models.system import SystemStats

if TYPE_CHECKING:
    from console.application import Console

_SIZE = 64
_BADGE = 34
_REST_MS = 5000
_SHOWN_MS = 10_000


def state_glyph(states: list[ConnectionState], stats: list[SystemStats], *, has_trouble: bool = False) -> Glyph | None:
    """Return the glyph of the icon: trouble before running; None when nothing runs."""
    if has_trouble or any(state in (ConnectionState.OFFLINE, ConnectionState.SIGNED_OUT) for state in states):
        return Glyph.TRIANGLE
    if any(one.failed_last_hour for one in stats):
        return Glyph.CROSS
    return Glyph.ARC if any(one.runs_in_flight for one in stats) else None


def count_words(stats: SystemStats) -> str:
    """Return the counts of a backend in one line."""
    return tr(
        "%1 running · %2 waiting · %3 failed in the last hour",
        number(stats.runs_in_flight),
        number(stats.runs_waiting),
        number(stats.failed_last_hour),
    )


class Tray(QObject):
    """One icon for all windows. Without a system tray there is no icon, and nothing is requested for it."""

    open_wanted = Signal()
    quit_wanted = Signal()
    notified = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_there = QSystemTrayIcon.isSystemTrayAvailable()
        self._stats: dict[Console, SystemStats] = {}
        self._consoles: list[Console] = []
        self._menu = QMenu()
        self._icon = QSystemTrayIcon(self)
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._activated)
        self._icon.messageClicked.connect(self._open_last)
        self._last: tuple[Console, str, dict[str, object]] | None = None
        self._draw()
        if self.is_there:
            self._icon.show()

    def watch(self, console: "Console") -> None:
        """Watch the backend of a window."""
        self._consoles.append(console)
        console.rebuilt.connect(lambda: self._listen(console))
        self._listen(console)

    def forget(self, console: "Console") -> None:
        """Stop watching the backend of a window."""
        self._consoles.remove(console)
        self._stats.pop(console, None)
        self._draw()

    def hide(self) -> None:
        """Remove the icon from the tray."""
        self._icon.hide()

    def _listen(self, console: "Console") -> None:
        self._stats.pop(console, None)
        connection = console.connection

        async def load() -> None:
            self._stats[console] = await connection.client.stats()
            self._draw()

        refresher = Refresher(console.background, load, name="tray", rest_ms=_REST_MS, parent=connection)

        def run_changed(event: RunEvent) -> None:
            if self.is_there:
                refresher.request()
            if event.type is EventType.RUN_FINISHED:
                self._finished(console, event.run)

        console.context.feeds.runs.changed.connect(run_changed)
        console.context.feeds.alerts.raised.connect(lambda alert: self._raised(console, alert))
        console.context.health.changed.connect(self._draw)
        if self.is_there:
            connection.resynced.connect(refresher.request)
        self._draw()

    def _finished(self, console: "Console", run: Run) -> None:
        subscribed = Subscriptions(console.context.memory).task_ids
        if not is_worth_telling(run, choice=console.preferences.notifies, subscribed=subscribed):
            return
        title = tr("%1: %2", run.task_name, status_words(run.status))
        words = run.error or tr("Run %1 on %2", run.id, console.context.saved_connection.shown_name)
        self._notify(console, title, words, "run", {"run": run.id})

    def _raised(self, console: "Console", alert: Alert) -> None:
        """Notify the person of an incident when it begins and when it is over."""
        if alert.message is not AlertMessage.REMINDER:
            self._notify(console, alert_title(alert), alert_detail(alert), "alerts", {})

    def _notify(self, console: "Console", title: str, words: str, view: str, wanted: dict[str, object]) -> None:
        """Show a toast while the window is seen, a notification of the system otherwise."""
        self._last = (console, view, wanted)
        is_seen = console.window.isVisible() and not console.window.isMinimized()
        if (is_seen and console.window.isActiveWindow()) or not self.is_there:
            console.window.toast.show_text(sentences(title, words))
        else:
            self._icon.showMessage(title, without_markup(words), QSystemTrayIcon.MessageIcon.Warning, _SHOWN_MS)
        self.notified.emit(title, words)

    def _open_last(self) -> None:
        if self._last is None or self._last[0] not in self._consoles:
            return
        console, view, wanted = self._last
        console.window.show()
        console.window.activateWindow()
        console.window.follow(view, wanted)

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.open_wanted.emit()

    def _draw(self) -> None:
        lines = []
        for console in self._consoles:
            name = console.context.saved_connection.shown_name
            stats = self._stats.get(console)
            is_online = console.connection.state is ConnectionState.ONLINE
            how = count_words(stats) if stats is not None and is_online else "" if is_online else tr("no connection")
            how = console.context.health.trouble or how
            lines.append(f"{name}: {how}" if how else name)
        self._icon.setToolTip(without_markup("\n".join(lines)) or "Taskdeck")
        glyph = state_glyph(
            [one.connection.state for one in self._consoles],
            list(self._stats.values()),
            has_trouble=any(one.context.health.trouble for one in self._consoles),
        )
        self._icon.setIcon(tray_icon(glyph))
        self._menu.clear()
        for line in lines:
            self._menu.addAction(line).setEnabled(False)
        self._menu.addSeparator()
        self._menu.addAction(tr("Open the console")).triggered.connect(self.open_wanted)
        self._menu.addAction(tr("Quit")).triggered.connect(self.quit_wanted)


def without_markup(words: str) -> str:
    """Return the text of a notification that shows `words` themselves: on Linux it is read as markup."""
    return html.escape(words, quote=False) if sys.platform == "linux" else words


def tray_icon(glyph: Glyph | None) -> QIcon:
    """Return the console's icon with the glyph of its state, readable on light and dark panels."""
    pixmap = QPixmap(_SIZE, _SIZE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    icon("app", LIGHT.accent, _SIZE).paint(painter, 0, 0, _SIZE, _SIZE)
    if glyph is not None:
        box = QRectF(_SIZE - _BADGE, _SIZE - _BADGE, _BADGE, _BADGE)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(Qt.GlobalColor.white)
        painter.drawEllipse(box)
        paint_glyph(painter, box.adjusted(3, 3, -3, -3), glyph, LIGHT)
    painter.end()
    return QIcon(pixmap)
