"""What a person has chosen for the console as a whole."""

from typing import Literal

from PySide6.QtCore import QObject, QSettings, Signal

from console.theme.palette import ThemeName
from console.words import TimeDisplay

CloseChoice = Literal["quit", "tray"]


class Preferences(QObject):
    """The choices, kept in the settings; `changed` names the one that is new."""

    changed = Signal(str)

    def __init__(self, remembered: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._remembered = remembered

    def _text(self, name: str, default: str) -> str:
        return str(self._remembered.value(f"preferences/{name}", default))

    def put(self, name: str, value: str) -> None:
        """Keep a choice and tell of it."""
        if self._text(name, "") != value:
            self._remembered.setValue(f"preferences/{name}", value)
            self.changed.emit(name)

    @property
    def theme(self) -> ThemeName | None:
        """The theme; None follows the system."""
        found = self._text("theme", "")
        return "dark" if found == "dark" else "light" if found == "light" else None

    @property
    def language(self) -> str | None:
        """`en` or `zh_CN`; None follows the system."""
        return self._text("language", "") or None

    @property
    def times(self) -> TimeDisplay:
        """How times are written; the other way is in the tooltip."""
        return "absolute" if self._text("times", "") == "absolute" else "relative"

    @property
    def reduces_motion(self) -> bool | None:
        """Whether nothing turns; None follows the system."""
        found = self._text("motion", "")
        return None if not found else found == "reduced"

    @property
    def when_closed(self) -> CloseChoice:
        """What closing the window does."""
        return "tray" if self._text("when_closed", "") == "tray" else "quit"

    @property
    def notifies(self) -> str:
        """Whose failures are told on the desktop: `subscribed`, `all` or `none`."""
        found = self._text("notifies", "subscribed")
        return found if found in ("all", "none") else "subscribed"
