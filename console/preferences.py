"""What a person has chosen for the console as a whole."""

import os
from enum import StrEnum
from typing import Literal

from PySide6.QtCore import QObject, Signal

from console import remembered
from console.memory import Memory
from console.theme.palette import ThemeName
from console.words import TimeDisplay

CloseChoice = Literal["quit", "tray"]


class Preference(StrEnum):
    """The choices that there are."""

    THEME = "theme"
    LANGUAGE = "language"
    TIMES = "times"
    MOTION = "motion"
    SIZE = "size"
    DENSITY = "density"
    WHEN_CLOSED = "when_closed"
    NOTIFIES = "notifies"
    NEWER_VERSION = "newer_version"
    RELEASES_URL = "releases_url"
    RELEASES_KEY = "releases_key"


class Preferences(QObject):
    """The choices; `changed` carries the `Preference` that has a new value."""

    changed = Signal(object)

    def __init__(self, memory: Memory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._memory = memory

    def _text(self, preference: Preference) -> str:
        return self._memory.get(remembered.PREFERENCE.of(preference))

    def put(self, preference: Preference, value: str) -> None:
        """Remember a choice; empty is the default."""
        if self._text(preference) != value:
            self._memory.put(remembered.PREFERENCE.of(preference), value)
            self.changed.emit(preference)

    @property
    def theme(self) -> ThemeName | None:
        """The theme; None follows the system."""
        found = self._text(Preference.THEME)
        return "dark" if found == "dark" else "light" if found == "light" else None

    @property
    def language(self) -> str | None:
        """`en` or `zh_CN`; None follows the system."""
        return self._text(Preference.LANGUAGE) or None

    @property
    def times(self) -> TimeDisplay:
        """How times are written; the other way is in the tooltip."""
        return "absolute" if self._text(Preference.TIMES) == "absolute" else "relative"

    @property
    def reduces_motion(self) -> bool | None:
        """Whether nothing turns; None follows the system."""
        found = self._text(Preference.MOTION)
        return None if not found else found == "reduced"

    @property
    def is_compact(self) -> bool:
        """Whether rows are lower than usual, so that more of them are seen."""
        return self._text(Preference.DENSITY) == "compact"

    @property
    def when_closed(self) -> CloseChoice:
        """What closing the window does."""
        return "tray" if self._text(Preference.WHEN_CLOSED) == "tray" else "quit"

    @property
    def notifies(self) -> str:
        """Whose failures are shown on the desktop: `subscribed`, `all` or `none`."""
        found = self._text(Preference.NOTIFIES)
        return found if found in ("all", "none") else "subscribed"

    @property
    def looks_daily(self) -> bool:
        """Whether the console looks for a newer version once a day; off by default."""
        return self._text(Preference.NEWER_VERSION) == "daily"

    @property
    def releases_url(self) -> str:
        """Where newer versions are announced; `TASKDECK_RELEASES_URL` unless one was entered."""
        return self._text(Preference.RELEASES_URL) or os.environ.get("TASKDECK_RELEASES_URL", "")

    @property
    def releases_key(self) -> str:
        """The public key of who announces them; `TASKDECK_RELEASES_KEY` unless one was entered."""
        return self._text(Preference.RELEASES_KEY) or os.environ.get("TASKDECK_RELEASES_KEY", "")
