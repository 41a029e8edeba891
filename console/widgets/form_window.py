"""A dialog in which a person types: Esc asks before what was typed is lost."""

from PySide6.QtWidgets import QDialog

from console.widgets.confirm import ConfirmDialog
from console.words import tr


class FormWindow(QDialog):
    """Esc, Cancel and the window's close button end an unchanged form at once, and ask about a changed one."""

    def has_unsaved_work(self) -> bool:
        """Return whether something would be lost."""
        raise NotImplementedError

    def reject(self) -> None:
        """Override QDialog.reject: ask first where something would be lost."""
        if not self.has_unsaved_work():
            super().reject()
            return
        question = ConfirmDialog(
            self,
            question=tr("Discard your changes?"),
            effect=tr("What you entered in “%1” has not been saved.", self.windowTitle()),
            verb=tr("Discard"),
            keep=tr("Keep editing"),
        )
        question.accepted.connect(lambda: self.done(QDialog.DialogCode.Rejected))
        question.open()
