"""The settings: appearance, language, notifications, local backend."""

import os
from datetime import datetime
from pathlib import Path
from typing import cast

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFileDialog,
    QLabel,
    QPushButton,
    QScrollArea,
    QSystemTrayIcon,
    QVBoxLayout,
    QWidget,
)

from console.backend_log_dialog import BackendLogDialog
from console.context import Context
from console.deep_link_handler import DeepLinkHandler
from console.interface_size import USUAL, chosen_size, fitting_sizes
from console.preferences import Preference
from console.translation import LANGUAGES
from console.views.settings.local_backup import LocalBackup
from console.views.settings.local_service import LocalService
from console.views.settings.newer_version_card import NewerVersionCard
from console.views.settings.rows import SettingsCard, choice
from console.views.view import View
from console.words import percent, tr
from shared.version import VERSION

_WIDTH = 760
"""The most pixels of a column."""
_SPACE = 12


class SettingsView(View):
    """Each choice takes effect at once."""

    name = "settings"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.boxes: dict[str, QWidget] = {}
        inside = QWidget()
        inside.setObjectName("content")
        self._inside = inside
        self.columns = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self.columns.setSpacing(_SPACE)
        newer = NewerVersionCard(context.preferences, context.newer_version)
        for cards in ((self._look(), self._manners()), (self._backend(), newer, self._about())):
            column = QVBoxLayout()
            column.setSpacing(_SPACE)
            for card in cards:
                column.addWidget(card)
            column.addStretch(1)
            self.columns.addLayout(column, 1)
        whole = QVBoxLayout(inside)
        whole.setContentsMargins(0, 0, _SPACE, 0)
        whole.addLayout(self.columns)
        whole.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        scroll.setAccessibleName(self.title())
        self.page.addWidget(scroll, 1)
        context.keeper.changed.connect(self._say_backend)
        context.connection.state_changed.connect(self._say_backend)
        context.theme.changed.connect(self._say_theme)

    def title(self) -> str:
        return tr("Settings")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget.resizeEvent: two columns where there is room for them."""
        super().resizeEvent(event)
        is_wide = event.size().width() >= 2 * _WIDTH
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self.columns.setDirection(across if is_wide else down)
        self._inside.setMaximumWidth((2 if is_wide else 1) * (_WIDTH + _SPACE))

    def refresh(self) -> None:
        """Read again what may have changed elsewhere: the service, the backend."""
        self._say_service()
        self._say_backend()

    def _choice(self, name: Preference, choices: list[tuple[str, str]], current: str | None) -> QWidget:
        box = choice(choices, current or "", lambda value: self.context.preferences.put(name, value))
        self.boxes[name] = box
        return box

    def _look(self) -> SettingsCard:
        card = SettingsCard(tr("Appearance and language"))
        chosen = self.context.preferences
        system = (tr("Match system"), "")
        card.add_row(
            tr("Theme"),
            "",
            self._choice(Preference.THEME, [system, (tr("Light"), "light"), (tr("Dark"), "dark")], chosen.theme),
        )
        card.add_row(
            tr("Language"),
            "",
            self._choice(
                Preference.LANGUAGE, [system, *((name, code) for code, name in LANGUAGES.items())], chosen.language
            ),
        )
        card.add_row(
            tr("Times"),
            tr("Hover over a time to see the other format."),
            self._choice(
                Preference.TIMES,
                [(tr("Relative (“5 min ago”)"), "relative"), (tr("Date and time"), "absolute")],
                chosen.times,
            ),
        )
        card.add_row(
            tr("Rows"),
            "",
            self._choice(
                Preference.DENSITY,
                [(tr("Comfortable"), ""), (tr("Compact"), "compact")],
                "compact" if chosen.is_compact else "",
            ),
        )
        size = chosen_size(self.context.memory)
        fitting = fitting_sizes(self.screen().availableSize(), size, os.environ)
        card.add_row(
            tr("Size of text and controls"),
            tr("Takes effect when the console starts next."),
            self._choice(
                Preference.SIZE,
                [(percent(one), "" if one == USUAL else str(one)) for one in fitting],
                "" if size == USUAL else str(size),
            ),
        )
        motion = "" if chosen.reduces_motion is None else "reduced" if chosen.reduces_motion else "full"
        card.add_row(
            tr("Motion"),
            tr("Only running items are animated. You can turn this off."),
            self._choice(Preference.MOTION, [system, (tr("Off"), "reduced"), (tr("On"), "full")], motion),
        )
        return card

    def _manners(self) -> SettingsCard:
        card = SettingsCard(tr("Window and notifications"))
        chosen = self.context.preferences
        has_tray = QSystemTrayIcon.isSystemTrayAvailable()
        box = self._choice(
            Preference.WHEN_CLOSED,
            [(tr("Quit the console"), "quit"), (tr("Keep it in the tray"), "tray")],
            chosen.when_closed,
        )
        box.setEnabled(has_tray)
        card.add_row(
            tr("Closing the window"),
            tr("In the tray, the console keeps running and notifies you of failures.")
            if has_tray
            else tr("This system has no tray."),
            box,
        )
        card.add_row(
            tr("Notifications on the desktop"),
            tr("Subscribe to a task in its menu with “Notify me on failure”."),
            self._choice(
                Preference.NOTIFIES,
                [
                    (tr("Tasks I subscribed to"), "subscribed"),
                    (tr("Every failure"), "all"),
                    (tr("None"), "none"),
                ],
                chosen.notifies,
            ),
        )
        self.handler = DeepLinkHandler()
        self._link_button = QPushButton()
        self._link_button.clicked.connect(self._toggle_links)
        self._links = cast(
            "QLabel",
            card.add_row(tr("Links to tasks and runs"), "-", self._link_button),
        )
        self._say_links()
        return card

    def _backend(self) -> SettingsCard:
        card = SettingsCard(tr("Local backend"))
        keeper = self.context.keeper
        self._start = QPushButton(tr("Start"))
        self._start.clicked.connect(keeper.start)
        self.backend_state = cast("QLabel", card.add_row(tr("Status"), "-", self._start))
        folder = QPushButton(tr("Open folder"))
        folder.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(keeper.data_dir))))
        card.add_row(tr("Data directory"), str(keeper.data_dir), folder)
        log = QPushButton(tr("Show log"))
        log.clicked.connect(lambda: BackendLogDialog(keeper.log_path, self).open())
        card.add_row(tr("Log"), str(keeper.log_path), log)
        self.backup = LocalBackup(self.context.background, keeper.data_dir, self)
        self._back_up = QPushButton(tr("Back up…"))
        self._back_up.clicked.connect(self._ask_backup)
        self._backup = cast("QLabel", card.add_row(tr("Backup"), self.backup.words(), self._back_up))
        self.backup.changed.connect(self._say_backup)
        self.service = LocalService(self.context.background, keeper, self)
        self.service_button = QPushButton()
        self.service_button.clicked.connect(self.service.toggle)
        self._service = cast("QLabel", card.add_row(tr("Keep running after closing"), "-", self.service_button))
        self.service.changed.connect(self._say_service)
        self._say_backend()
        self._say_service()
        return card

    def _about(self) -> SettingsCard:
        card = SettingsCard(tr("About Taskdeck"))
        where = self.context.saved_connection
        card.add_row("Taskdeck", tr("Version %1", VERSION))
        card.add_row(tr("Current backend"), f"{where.shown_name} {where.url}".strip())
        return card

    def _say_theme(self) -> None:
        box = self.boxes["theme"]
        found = box.findData(self.context.theme.chosen or "")  # type: ignore[attr-defined]
        box.setCurrentIndex(max(0, found))  # type: ignore[attr-defined]

    def _say_backend(self) -> None:
        keeper = self.context.keeper
        running = keeper.running
        self._start.setVisible(running is None and not keeper.is_starting)
        if keeper.is_starting:
            words = tr("Starting…")
        elif running is None:
            words = tr("Not running.")
        else:
            words = tr("Running at %1, process %2.", running.url, running.pid)
        self.backend_state.setText(words)

    def _ask_backup(self) -> None:
        name = f"taskdeck-{datetime.now():%Y-%m-%d}.dump"
        dialog = QFileDialog(self, tr("Back up"), str(Path.home() / name))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.backup.write(Path(path)))
        dialog.open()

    def _say_backup(self) -> None:
        self._backup.setText(self.backup.words())
        self._back_up.setEnabled(not self.backup.is_busy)

    def _say_service(self) -> None:
        self._service.setText(self.service.words())
        self._service.setVisible(True)
        self.service_button.setText(tr("Remove service") if self.service.is_installed else tr("Install service"))
        self.service_button.setEnabled(not self.service.is_busy)

    def _toggle_links(self) -> None:
        if self.handler.is_installed:
            self.handler.remove()
        else:
            self.handler.install()
        self._say_links()

    def _say_links(self) -> None:
        can = self.handler.is_possible
        self._link_button.setEnabled(can)
        self._link_button.setText(
            tr("Stop opening them in this console") if self.handler.is_installed else tr("Open in this console")
        )
        self._links.setTextFormat(Qt.TextFormat.PlainText)
        self._links.setText(
            tr("taskdeck:// links in chats and e-mails open the task or run in this console.")
            if can
            else tr("On this system, the installer registers taskdeck:// links.")
        )
