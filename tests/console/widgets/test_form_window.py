"""What was typed is not lost without a question."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QVBoxLayout

from console.connection_dialog import ConnectionDialog
from console.views.policies.form_dialog import FormDialog
from console.views.tasks.backfill_dialog import BackfillDialog
from console.views.tasks.crontab_dialog import CrontabDialog
from console.views.tasks.editor import TaskEditor
from console.views.tasks.label_dialog import LabelDialog
from console.widgets.confirm import ConfirmDialog
from console.widgets.form_window import FormWindow


class Form(FormWindow):
    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("New rule")
        self.line = QLineEdit()
        QVBoxLayout(self).addWidget(self.line)

    def has_unsaved_work(self) -> bool:
        return bool(self.line.text())


@pytest.fixture
def form(qapp: QApplication) -> Form:
    form = Form()
    form.open()
    form.activateWindow()
    qapp.processEvents()
    return form


def question_of(form: Form) -> ConfirmDialog:
    question = form.findChild(ConfirmDialog)
    assert question is not None
    assert question.isVisible()
    return question


def test_an_unchanged_form_closes_at_once(form: Form) -> None:
    QTest.keyClick(form.line, Qt.Key.Key_Escape)
    assert not form.isVisible()
    assert form.findChild(ConfirmDialog) is None


@pytest.mark.parametrize("way", ["Esc", "close button"])
def test_a_changed_form_asks_and_discards_only_when_told(qapp: QApplication, form: Form, way: str) -> None:
    def leave() -> None:
        QTest.keyClick(form.line, Qt.Key.Key_Escape) if way == "Esc" else form.close()

    QTest.keyClicks(form.line, "typed")
    leave()
    assert form.isVisible()
    QTest.keyClick(question_of(form), Qt.Key.Key_Escape)
    assert (form.isVisible(), form.line.text()) == (True, "typed")
    qapp.sendPostedEvents()
    leave()
    results: list[int] = []
    form.finished.connect(results.append)
    [question] = [one for one in form.findChildren(ConfirmDialog) if one.isVisible()]
    question.go.click()
    assert not form.isVisible()
    assert results == [QDialog.DialogCode.Rejected]


@pytest.mark.parametrize("kind", [TaskEditor, FormDialog, ConnectionDialog, CrontabDialog, LabelDialog, BackfillDialog])
def test_every_dialog_in_which_one_types_is_guarded(kind: type[QDialog]) -> None:
    assert issubclass(kind, FormWindow)
    assert kind.has_unsaved_work is not FormWindow.has_unsaved_work
