"""The newest versions of a task: who changed what, and when."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from console.context import Context
from console.views.tasks.field_names import field_name
from console.widgets.short_table import ShortTable
from console.widgets.surfaces import Card
from console.widgets.table_model import Column, RowsModel
from console.words import Times, absolute, enumeration, tr
from shared.models.task_version import TaskVersion

_LISTED = 5


def changed_words(version: TaskVersion) -> str:
    """Return the names of the fields that a version changed."""
    if version.changes:
        return enumeration(field_name(change.field) for change in version.changes)
    return tr("created") if version.version == 1 else tr("no field")


def _columns(times: Times) -> list[Column[TaskVersion]]:
    return [
        Column(tr("Version"), lambda one: str(one.version), widest="1234"),
        Column(tr("Changed fields"), changed_words, stretches=True, tooltip=changed_words),
        Column(
            tr("Changed by"),
            lambda one: one.changed_by,
            widest="a-user-of-ops",
            is_muted=True,
            grows=True,
            goes_at=1,
            tooltip=lambda one: one.changed_by,
        ),
        Column(
            tr("When"),
            lambda one: times.show(one.changed_at),
            widest="59 min ago",
            is_muted=True,
            tooltip=lambda one: absolute(one.changed_at),
        ),
    ]


class VersionSection(Card):
    """`version_wanted` carries a version; `log_wanted` asks for the audit log of the task."""

    version_wanted = Signal(int)
    log_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(tr("Versions"), parent)
        self.log = QPushButton(tr("Show in the audit log"))
        self.log.clicked.connect(self.log_wanted)
        self.all = QPushButton(tr("Compare and restore…"))
        self.all.clicked.connect(lambda: self.version_wanted.emit(self.model.rows[0].version))
        for button in (self.log, self.all):
            button.setObjectName("pageLink")
            self.head.addWidget(button)
        self.model: RowsModel[TaskVersion] = RowsModel(_columns(context.times), key=lambda one: one.version)
        self.table = ShortTable(self.model, context.theme)
        self.table.setAccessibleName(tr("Versions"))
        self.table.opened.connect(lambda one: self.version_wanted.emit(one.version))
        self.body.addWidget(self.table)

    def show_versions(self, versions: Sequence[TaskVersion], *, may_see_log: bool) -> None:
        """Show versions, the newest first; the audit log is not for everybody."""
        self.model.set_rows(versions[:_LISTED])
        self.all.setVisible(bool(versions))
        self.log.setVisible(may_see_log)

    def tick(self) -> None:
        """Show how time has passed."""
        self.model.times_passed()
