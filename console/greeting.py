"""Three optional first steps on a new local backend."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from console import remembered
from console.context import Context
from console.theme.icons import icon
from console.views.view import Follow
from console.widgets.plain_tip import plain_tip
from console.widgets.surfaces import label
from console.words import tr
from shared.enums import Permission

_OVER = "over"
_VIEW = "overview"
_EXAMPLE_FOLDER = "examples"


class Greeting(QFrame):
    """Shown above the local backend's overview until it is closed or all steps are done; `said` carries a message."""

    said = Signal(str)

    def __init__(self, context: Context, follow: Follow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._context = context
        self._follow = follow
        self._is_wanted = False
        self._was_online = False
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(0)
        for text, name in (
            (tr("Taskdeck is ready on this machine."), "cardTitle"),
            (tr("Start with one of these, or explore."), "secondary"),
        ):
            line = label(text, name)
            line.setWordWrap(True)
            words.addWidget(line)
        row.addLayout(words, 1)
        self.steps: dict[str, QPushButton] = {}
        for name, icon_name, title, meaning, act in (
            (
                "run",
                "play",
                tr("Run an example"),
                tr("Runs an example task and shows its output live"),
                self._run_example,
            ),
            ("create", "add", tr("Create a task"), tr("A command and its schedule"), self._create),
            (
                "import",
                "folder",
                tr("Import your crontab"),
                tr("Preview the tasks before they are created"),
                self._import,
            ),
        ):
            button = QPushButton(title)
            button.setProperty("icon_name", icon_name)
            button.setIconSize(QSize(16, 16))
            button.setToolTip(plain_tip(meaning))
            button.setAccessibleDescription(meaning)
            button.clicked.connect(lambda _checked=False, step=name, do=act: self._take(step, do))
            row.addWidget(button)
            self.steps[name] = button
        self._close = QToolButton()
        self._close.setObjectName("rowAction")
        self._close.setToolTip(tr("Close"))
        self._close.setAccessibleName(tr("Close"))
        self._close.clicked.connect(lambda: self._note(_OVER))
        row.addWidget(self._close)
        context.theme.changed.connect(self._restyle)
        context.connection.state_changed.connect(self.look)
        context.permissions.changed.connect(self.look)
        self.look()

    def show_for(self, view: str) -> None:
        """Show the greeting on the first view only."""
        self._is_wanted = view == _VIEW
        self.look()

    @property
    def done(self) -> frozenset[str]:
        return frozenset(self._context.memory.get(remembered.GREETING_STEPS))

    def look(self) -> None:
        """Show or hide the greeting, and mark the steps that are done; before the backend runs nothing is ready."""
        self._was_online = self._was_online or self._context.connection.is_online
        done = self.done
        is_over = _OVER in done or done >= set(self.steps)
        self.setVisible(self._is_wanted and self._was_online and self._context.keeper.is_local and not is_over)
        for name, button in self.steps.items():
            needed = Permission.RUN if name == "run" else Permission.EDIT
            refusal = self._context.permissions.why_nowhere(needed)
            button.setEnabled(self._context.connection.is_online and not refusal)
            button.setToolTip(plain_tip(refusal or button.accessibleDescription()))
        self._restyle()

    def _take(self, name: str, act: Callable[[], None]) -> None:
        self._note(name)
        act()

    def _note(self, name: str) -> None:
        self._context.memory.put(remembered.GREETING_STEPS, sorted(self.done | {name}))
        self.look()

    def _run_example(self) -> None:
        self._context.background.start(self._run_first(), name="run example")

    async def _run_first(self) -> None:
        client = self._context.connection.client
        examples = (await client.list_tasks(folder=_EXAMPLE_FOLDER, limit=50)).data
        alone = [task for task in examples if task.executor == "shell" and not task.depends_on]
        if not alone:
            self.said.emit(tr("The examples were deleted. Create a task instead."))
            return
        run = await client.trigger_task(alone[0].id)
        self._follow("run", {"run": run.id})

    def _create(self) -> None:
        self._follow("tasks", {"new": True})

    def _import(self) -> None:
        self._follow("tasks", {"import": True})

    def _restyle(self) -> None:
        palette = self._context.theme.palette
        done = self.done
        self._close.setIcon(icon("close", palette.muted))
        for name, button in self.steps.items():
            drawn = "done" if name in done else str(button.property("icon_name"))
            button.setIcon(icon(drawn, palette.good if name in done else palette.accent))
