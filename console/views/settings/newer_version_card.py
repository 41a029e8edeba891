"""The settings about newer versions: whether to look, where, and whom to believe."""

from typing import cast

from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from console.newer_version import NewerVersion
from console.preferences import Preference, Preferences
from console.views.settings.rows import CONTROL_WIDTH, SettingsCard, choice
from console.words import tr


class NewerVersionCard(SettingsCard):
    """Off by default; "Look now" looks once."""

    def __init__(self, preferences: Preferences, newer_version: NewerVersion) -> None:
        super().__init__(tr("Newer versions"))
        self._preferences = preferences
        self._newer_version = newer_version
        self.choice = choice(
            [(tr("Off"), ""), (tr("Once a day"), "daily")],
            "daily" if preferences.looks_daily else "",
            lambda value: preferences.put(Preference.NEWER_VERSION, value),
        )
        self.add_row(
            tr("Look for a newer version"),
            tr("Reads one signed file. Nothing about you is sent, and nothing is updated."),
            self.choice,
        )
        self.address = self._field(Preference.RELEASES_URL, preferences.releases_url, "https://…")
        self.add_row(tr("Address of the file"), "", self.address)
        self.key = self._field(Preference.RELEASES_KEY, preferences.releases_key, "RW…")
        self.add_row(tr("Public key of the releases"), "", self.key)
        self.button = QPushButton(tr("Look now"))
        self.button.clicked.connect(newer_version.look)
        self.result = cast("QLabel", self.add_row(tr("Newest version"), newer_version.words, self.button))
        newer_version.changed.connect(self._show)

    def _field(self, preference: Preference, value: str, example: str) -> QLineEdit:
        field = QLineEdit(value)
        field.setPlaceholderText(example)
        field.setFixedWidth(CONTROL_WIDTH)
        field.editingFinished.connect(lambda: self._preferences.put(preference, field.text().strip()))
        return field

    def _show(self) -> None:
        self.result.setText(self._newer_version.words)
        self.button.setEnabled(not self._newer_version.is_busy)
