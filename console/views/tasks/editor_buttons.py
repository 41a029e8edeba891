"""The buttons of the task editor, which are offered only to those who may use them."""

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from console.actions import tip
from console.connection.permissions import Permissions
from console.widgets.busy_button import BusyButton
from console.widgets.permitted import keep_permitted
from console.widgets.plain_tip import plain_tip
from console.widgets.surfaces import label
from console.words import tr
from shared.enums import Permission
from shared.models.task import Task

TOGGLE_KEYS = "Ctrl+Shift+Y"


class EditorButtons(QWidget):
    """A test run and the text form at the left; what ends the editor at the right."""

    def __init__(self, permissions: Permissions, task: Task | None, parent: QWidget | None = None) -> None:
        """`task` is None where a new one is made."""
        super().__init__(parent)
        self._permissions = permissions
        self._task = task
        self.test_run = BusyButton(tr("Test run"))
        self.test_run.setToolTip(
            plain_tip(
                tip(tr("Run it once with these values, without saving: no schedule, no retries, no alerts"), "Ctrl+T")
            )
        )
        self.text = QPushButton()
        self.cancel = QPushButton(tr("Cancel"))
        self.save_and_run = BusyButton(tr("Save and run"))
        self.save_and_run.setToolTip(plain_tip(tip(tr("Save, then run it now"), "Ctrl+Shift+Return")))
        self.save = BusyButton(tr("Create task") if task is None else tr("Save changes"))
        self.save.setObjectName("primary")
        self.save.setToolTip(plain_tip(tip(tr("Save"), "Ctrl+Return")))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.test_run, self.text, label(TOGGLE_KEYS, "secondary")):
            row.addWidget(widget)
        row.addStretch(1)
        for widget in (self.cancel, self.save_and_run, self.save):
            row.addWidget(widget)
        for button in (self.test_run, self.text, self.cancel, self.save_and_run, self.save):
            button.setAutoDefault(False)
        keep_permitted(permissions, self.save, lambda: self._why_not(Permission.EDIT))
        keep_permitted(
            permissions, self.save_and_run, lambda: self._why_not(Permission.EDIT) or self._why_not(Permission.RUN)
        )
        # A test run needs the permission in the folder that is typed; none anywhere means that no folder will do.
        keep_permitted(permissions, self.test_run, lambda: permissions.why_nowhere(Permission.EDIT))

    def set_saving(self, is_saving: bool) -> None:
        """Show that the task is being saved."""
        self.save.set_busy(is_saving)
        self.save_and_run.set_busy(is_saving)

    def _why_not(self, needed: Permission) -> str:
        if self._task is None:
            return self._permissions.why_nowhere(needed)
        return self._permissions.why_not(self._task.folder, needed)
