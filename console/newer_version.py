"""Whether Taskdeck has a newer version; the console looks only if the person wants it to, and only tells."""

from __future__ import annotations

from datetime import timedelta
from time import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from console import remembered
from console.background import BackgroundJobs
from console.memory import Memory
from console.preferences import Preferences
from console.words import tr
from shared.errors import ValidationFailedError

if TYPE_CHECKING:
    from shared.releases.look import Found

_INTERVAL = timedelta(days=1)
_TICK_MS = 3_600_000
"""How often a console that stays open compares the clock with the last look."""


def is_due(*, now: float, last: float) -> bool:
    """Whether a day has passed; a last look in the future is that of a wrong clock."""
    return last > now or now - last >= _INTERVAL.total_seconds()


class NewerVersion(QObject):
    """`changed` follows the start and the end of a look, `available` carries a sentence about a newer version."""

    changed = Signal()
    available = Signal(str)

    def __init__(
        self, background: BackgroundJobs, preferences: Preferences, memory: Memory, *, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._preferences = preferences
        self._memory = memory
        self._words = ""
        self.is_busy = False
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._look_if_due)

    @property
    def words(self) -> str:
        """What the last look found."""
        return tr("Looking…") if self.is_busy else self._words or tr("Not looked yet.")

    def look_daily(self) -> None:
        """Look now if the last look is a day ago, and once a day from now on, as long as the person wants it."""
        self._timer.start()
        self._look_if_due()

    def _look_if_due(self) -> None:
        if self._preferences.looks_daily and is_due(now=time(), last=self._memory.get(remembered.LAST_LOOK)):
            self.look()

    def look(self) -> None:
        """Look now, whatever the person chose for every day."""
        if not self.is_busy:
            self.is_busy = True
            self.changed.emit()
            self._background.start(self._look(), name="newer version")

    async def _look(self) -> None:
        from shared.releases.look import ReleaseSource, look, memory_of_user  # not needed for the first paint

        try:
            source = ReleaseSource.parse(self._preferences.releases_url, self._preferences.releases_key)
            found = await look(source, memory=memory_of_user())
            self._memory.put(remembered.LAST_LOOK, int(time()))
            self._words = found_words(found)
            if found.verdict == "newer":
                self.available.emit(self._words)
        except ValidationFailedError as error:
            self._words = (
                tr("Enter the https:// address of the file.")
                if error.errors[0].field.endswith("URL")
                else tr("Enter the public key: the last line of minisign.pub.")
            )
        finally:
            self.is_busy = False
            self.changed.emit()


def found_words(found: Found) -> str:
    """Return what a look found, as a sentence."""
    announced = found.announced.version if found.announced is not None else ""
    published = found.announced.published.isoformat() if found.announced is not None else ""
    return {
        "newer": tr("Taskdeck %1 of %2 is available.", announced, published),
        "current": tr("You have the newest version, %1.", announced),
        "ahead": tr("Your version is newer than the newest release, %1.", announced),
        "replayed": tr("The file is older than one that was read before, and was ignored."),
        "not_valid": tr("The file was ignored: %1.", found.detail),
        "unreachable": tr("The file could not be read: %1.", found.detail),
    }[found.verdict]
