"""A dialog in which a person types: nothing that was typed is lost without a question."""

from collections.abc import Mapping
from datetime import UTC, datetime

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout

from console.drafts import Draft, Drafts
from console.widgets.confirm import ConfirmDialog
from console.widgets.surfaces import label
from console.words import short_time, tr

STORE_AFTER_MS = 1000
"""What is typed is stored a second later at the latest: more often would write the settings file for each letter."""


class FormWindow(QDialog):
    """Esc, Cancel and the window's close button end an unchanged form at once, and ask about a changed one.

    A form which calls `use_drafts` stores what differs from what it opened with while it is open. The draft of a form
    that did not come to its end, because the console ended before, is entered again when the form is opened next.
    `draft_changed` follows each change of what is stored.
    """

    draft_changed = Signal()

    def has_unsaved_work(self) -> bool:
        """Return whether something would be lost."""
        raise NotImplementedError

    def entered(self) -> Mapping[str, str]:
        """Return the texts that differ from what the form opened with, by field, without secrets."""
        return {}

    def enter(self, texts: Mapping[str, str]) -> Mapping[str, str]:
        """Set fields, as typing would, and return what they contained before; unknown fields are left out."""
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
        question.accepted.connect(self._discard)
        question.open()

    def _discard(self) -> None:
        self.done(QDialog.DialogCode.Rejected)
        # A window manager that sees two dialogs close at once may give the keys to none of the windows that stay.
        if (behind := self.parentWidget()) is not None:
            behind.window().activateWindow()

    def use_drafts(self, drafts: Drafts, form: str) -> None:
        """Enter what an earlier form of this name left over, and store what is entered from now on.

        Call it once, when all fields have the values that the form opens with.
        """
        stored: Mapping[str, str] = {}
        draft = drafts.find(form)
        if draft is not None:
            self._offer(draft, self.enter(draft.texts))
            stored = self.entered()

        def store() -> None:
            nonlocal stored
            entered = self.entered()
            if entered == stored:
                return
            stored = entered
            if entered:
                drafts.store(form, Draft(entered, datetime.now(UTC)))
            else:
                drafts.remove(form)
            self.draft_changed.emit()

        timer = QTimer(self)
        timer.setInterval(STORE_AFTER_MS)
        timer.timeout.connect(store)
        timer.start()
        self.finished.connect(timer.stop)
        self.finished.connect(lambda _result: drafts.remove(form))

    def _offer(self, draft: Draft, before: Mapping[str, str]) -> None:
        """Say above the form where its texts come from, with a button that takes them out again."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        row = QHBoxLayout()
        at = short_time(draft.at, datetime.now(UTC))
        words = label(tr("Restored what you entered at %1 and did not save.", at), "secondary")
        words.setWordWrap(True)
        self.discard_draft = QPushButton(tr("Discard it"))
        self.discard_draft.setAutoDefault(False)
        row.addWidget(words, 1)
        row.addWidget(self.discard_draft)
        layout.insertLayout(0, row)

        def discard() -> None:
            self.enter(before)
            words.hide()
            self.discard_draft.hide()

        self.discard_draft.clicked.connect(discard)
