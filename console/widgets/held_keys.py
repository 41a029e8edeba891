"""Keys that a person presses while a dialog is being prepared."""

import asyncio

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

_MODIFIERS = frozenset({Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta})
_LONGEST_MS = 5000
"""A window system that never activates the dialog may not keep the keys."""


class HeldKeys(QObject):
    """Takes all keys from the windows from its start, until a dialog gets them or they are dropped.

    Without it, a name that is typed at once after Ctrl+N is lost, or its letters act on the table as shortcuts. So are
    commands such as Ctrl+Tab, which are meant for the dialog, whose shortcuts they trigger.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._held: list[QKeyEvent] = []
        self._dialog: QWidget | None = None
        self._application = QApplication.instance()
        if self._application is not None:
            self._application.installEventFilter(self)
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.timeout.connect(self.drop)
        self._limit.start(_LONGEST_MS)

    async def lay_out(self, dialog: QWidget) -> None:
        """Do what is slow in showing the dialog, and take what was typed during that.

        A modal dialog blocks the window at once, but gets the keys only when the window system has given them to it:
        keys between the two are lost, so that time has to be short.
        """
        dialog.grab()
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    def give_to(self, dialog: QWidget) -> None:
        """Type the keys into the dialog, as soon as keys go to it."""
        self._dialog = dialog
        if dialog.isActiveWindow():
            self._type()

    def drop(self) -> None:
        """Let keys go where they go; those that are held are forgotten."""
        if self._application is not None:
            self._application.removeEventFilter(self)
        self._held.clear()
        self.deleteLater()

    def _type(self) -> None:
        held, dialog = list(self._held), self._dialog
        self.drop()
        for event in held:
            if dialog is None or not dialog.isVisible():
                return
            shortcut = _shortcut_of(dialog, event)
            if shortcut is not None:
                shortcut.activated.emit()
            elif (target := dialog.focusWidget()) is not None:
                QApplication.sendEvent(target, event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject.eventFilter."""
        if event.type() is QEvent.Type.WindowActivate and watched is self._dialog:
            QTimer.singleShot(0, self, self._type)
            return False
        if event.type() not in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            return False
        assert isinstance(event, QKeyEvent)
        if event.key() in _MODIFIERS:
            return False
        if event.type() is QEvent.Type.KeyPress:
            self._held.append(QKeyEvent(event.type(), event.key(), event.modifiers(), event.text()))
        event.accept()
        return True


def _shortcut_of(dialog: QWidget, event: QKeyEvent) -> QShortcut | None:
    """Return the shortcut of a dialog that a key stands for.

    Qt itself looks for it only where the window system sends the key.
    """
    pressed = QKeySequence(event.keyCombination())
    return next((one for one in dialog.findChildren(QShortcut) if one.isEnabled() and one.key() == pressed), None)
