"""What the window expects of a view."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.context import Context
from shared.client.stream import StreamEvent


class View(QWidget):
    """A page of the window; `follow` asks the window to show something elsewhere.

    A view loads nothing while it is hidden: `is_out_of_date` makes up for it when it is shown.
    """

    follow = Signal(str, dict)
    name = ""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.page = QVBoxLayout(self)
        self.page.setContentsMargins(0, 0, 0, 0)
        self.page.setSpacing(12)
        self._is_out_of_date = True
        context.link.resynced.connect(self.changed)
        context.link.heard.connect(self.hear)

    def title(self) -> str:
        """Return the title in the window's strip."""
        raise NotImplementedError

    def primary_action(self) -> str:
        """Return the words of the view's one primary button, or nothing."""
        return ""

    def do_primary_action(self) -> None:
        """Do what the primary button says."""

    def focus_filter(self) -> None:
        """Put the keyboard into the view's filter, if it has one."""

    def show_with(self, wanted: dict[str, object]) -> None:
        """Show what another view asked for with `follow`."""

    def refresh(self) -> None:
        """Load what is shown."""

    def hear(self, event: StreamEvent) -> None:
        """Take an event of the live stream."""

    def changed(self) -> None:
        """Load anew: now if the view is seen, otherwise when it is next shown."""
        if self.isVisible():
            self._is_out_of_date = False
            self.refresh()
        else:
            self._is_out_of_date = True

    def activated(self) -> None:
        """Take the window's word that the view is shown."""
        if self._is_out_of_date and self.context.link.is_online:
            self._is_out_of_date = False
            self.refresh()
