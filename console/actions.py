"""What a person can do: one object for the shortcut, the palette, the sheet of shortcuts and the tooltip."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


def _always() -> bool:
    return True


def _permitted() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. `text` begins with a verb; `group` is its heading in the sheet of shortcuts.

    The first of `shortcuts` is the one that is shown. `is_enabled` is asked each time it is shown or done, and
    `refusal` for the reason why the user may never do it.
    """

    id: str
    text: str
    do: Callable[[], object]
    group: str = ""
    shortcuts: tuple[str, ...] = ()
    icon_name: str = ""
    is_enabled: Callable[[], bool] = _always
    refusal: Callable[[], str] = _permitted

    @property
    def keys(self) -> str:
        """The shortcut as this system writes it, or nothing."""
        return key_words(self.shortcuts[0]) if self.shortcuts else ""

    @property
    def can_run(self) -> bool:
        """Whether it can be done now, and is permitted."""
        return self.is_enabled() and not self.refusal()

    def run(self) -> None:
        """Do it, if it can be done now."""
        if self.can_run:
            self.do()


def key_words(shortcut: str) -> str:
    """Return a shortcut as this system writes it."""
    return QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)


def tip(text: str, shortcut: str = "") -> str:
    """Return the words of a tooltip with the shortcut behind them."""
    return f"{text} ({key_words(shortcut)})" if shortcut else text


def _run(action: Action) -> None:
    """Stand between Qt and the action: a bound method of an object with slots is not one that PySide can hold."""
    action.run()


def bind(actions: Iterable[Action], owner: QWidget) -> Sequence[QShortcut]:
    """Make the actions' shortcuts; they work while `owner` is seen in the active window."""
    made = []
    for action in actions:
        for keys in action.shortcuts:
            shortcut = QShortcut(QKeySequence(keys), owner)
            shortcut.activated.connect(partial(_run, action))
            made.append(shortcut)
    return made
