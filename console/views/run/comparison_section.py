"""What differs between a failed run and the last success of its task."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from console.context import Context
from console.views.run.facts import Comparison
from console.views.runs.comparison import Compared, telling
from console.views.tasks.field_names import field_name
from console.widgets.link import Link
from console.widgets.short_table import ShortTable
from console.widgets.surfaces import Card, label
from console.widgets.table_model import Column, RowsModel
from console.words import enumeration, tr


def _columns() -> list[Column[Compared]]:
    return [
        Column(tr("Property"), lambda fact: fact.name, widest="Any trigger", is_muted=True),
        Column(
            tr("This run"),
            lambda fact: tr("%1 (%2)", fact.this, fact.note) if fact.note else fact.this,
            stretches=True,
            is_bad=lambda fact: fact.is_cause,
            tooltip=lambda fact: fact.this,
        ),
        Column(
            tr("Last success"),
            lambda fact: fact.other,
            widest="Succeeded or some such",
            grows=True,
            tooltip=lambda fact: fact.other,
        ),
    ]


class ComparisonSection(Card):
    """`run_wanted` carries the id of the success, `whole_wanted` asks for the whole comparison with both logs."""

    run_wanted = Signal(int)
    whole_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(tr("Compared with the last success"), parent)
        self._other: int | None = None
        self.whole = QPushButton(tr("Compare the logs…"))
        self.whole.setObjectName("pageLink")
        self.whole.clicked.connect(self.whole_wanted)
        self.head.addWidget(self.whole)
        self.words = label("", "secondary")
        self.words.setWordWrap(True)
        self.other = Link(opens=tr("Open the last success"))
        self.other.clicked.connect(lambda: self.run_wanted.emit(self._other) if self._other is not None else None)
        self.model: RowsModel[Compared] = RowsModel(_columns(), key=lambda fact: fact.name)
        self.table = ShortTable(self.model, context.theme)
        self.table.setAccessibleName(tr("Compared with the last success"))
        for part in (self.words, self.other, self.table):
            self.body.addWidget(part)
        self.forget()

    def forget(self) -> None:
        """Show that the comparison is being made."""
        self._other = None
        self.words.setText(tr("Loading…"))
        for part in (self.whole, self.other, self.table):
            part.hide()

    def show_comparison(self, comparison: Comparison | None) -> None:
        """Show what differs; None: no run before it succeeded."""
        for part in (self.whole, self.other, self.table):
            part.setVisible(comparison is not None)
        if comparison is None:
            self.words.setText(tr("No earlier run of this task succeeded, so there is nothing to compare with."))
            return
        self._other = comparison.other.id
        self.other.show_text(tr("Last success: run %1", comparison.other.id))
        self.model.set_rows(telling(comparison.facts))
        names = enumeration(field_name(change.field) for change in comparison.changes)
        self.words.setText(
            tr("The task has changed since then: %1.", names) if names else tr("The task has not changed since then.")
        )
