"""What opens over the window; each is imported when it is first opened."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from console.actions import Action
from console.context import Context

if TYPE_CHECKING:
    from console.command_palette.verbs import Verbs


class WindowDialogs(QObject):
    """`follow` and `said` are those of what is done from the palette."""

    follow = Signal(str, dict)
    said = Signal(str)

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self._verbs: Verbs | None = None

    def open_palette(self, actions: Sequence[Action]) -> None:
        """Open the command palette over these actions."""
        from console.command_palette.palette import CommandPalette
        from console.command_palette.verbs import Verbs

        if self._verbs is None:
            self._verbs = Verbs(self._context, self._window)
            self._verbs.follow.connect(self.follow)
            self._verbs.said.connect(self.said)
        CommandPalette(self._context, actions, self._verbs, self.follow.emit, self._window).show()

    def open_shortcuts(self, actions: Sequence[Action]) -> None:
        """Open the sheet of shortcuts."""
        from console.command_palette.shortcut_sheet import ShortcutSheet

        ShortcutSheet(actions, self._window).open()

    def open_backend_log(self) -> None:
        """Open the log of this machine's backend."""
        from console.backend_log_dialog import BackendLogDialog

        BackendLogDialog(self._context.keeper.log_path, self._window).open()
