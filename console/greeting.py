"""The first minutes: three steps to take in any order, or none."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from console.context import Context
from console.theme.icons import icon
from console.views.view import Follow
from console.widgets.surfaces import Card, label
from console.words import tr

_KEY = "greeting"
_OVER = "over"
_EXAMPLE_FOLDER = "examples"


class Greeting(Card):
    """Shown over this machine's backend until it is closed or all steps are done; `said` gives a word to show."""

    said = Signal(str)

    def __init__(self, context: Context, follow: Follow, parent: QWidget | None = None) -> None:
        super().__init__(tr("Taskdeck is ready on this machine"), parent)
        self._context = context
        self._follow = follow
        close = QPushButton(tr("Close"))
        close.clicked.connect(lambda: self._note(_OVER))
        self.head.addWidget(close)
        words = label(tr("Three ways to begin, in any order. Or close this and look around: F1 shows every shortcut."))
        words.setObjectName("secondary")
        words.setWordWrap(True)
        self.body.addWidget(words)
        row = QHBoxLayout()
        row.setSpacing(12)
        self.steps: dict[str, QPushButton] = {}
        for name, icon_name, title, meaning, act in (
            ("run", "play", tr("Run an example"), tr("and watch its output live"), self._run_example),
            ("create", "add", tr("Create a task"), tr("a command, and when it runs"), self._create),
            ("import", "folder", tr("Import your crontab"), tr("and see first what it makes"), self._import),
        ):
            row.addLayout(self._step(name, icon_name, title, meaning, act), 1)
        self.body.addLayout(row)
        context.theme.changed.connect(self._restyle)
        context.link.state_changed.connect(self.look)
        self.look()

    def _step(self, name: str, icon_name: str, title: str, meaning: str, act: Callable[[], None]) -> QVBoxLayout:
        button = QPushButton(title)
        button.setProperty("icon_name", icon_name)
        button.setIconSize(QSize(16, 16))
        button.setAccessibleDescription(meaning)
        button.clicked.connect(lambda _checked=False: self._take(name, act))
        said = label(meaning, "secondary")
        said.setContentsMargins(4, 0, 0, 0)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(button)
        column.addWidget(said)
        self.steps[name] = button
        return column

    @property
    def done(self) -> frozenset[str]:
        """The steps that were taken."""
        found = self._context.memory.get(_KEY, [])
        return frozenset(str(one) for one in found) if isinstance(found, list) else frozenset()

    def look(self) -> None:
        """Be there or not, and mark what was done."""
        done = self.done
        is_over = _OVER in done or done >= set(self.steps)
        self.setVisible(self._context.keeper.is_local and not is_over)
        for button in self.steps.values():
            button.setEnabled(self._context.link.is_online)
        self._restyle()

    def _take(self, name: str, act: Callable[[], None]) -> None:
        self._note(name)
        act()

    def _note(self, name: str) -> None:
        self._context.memory.put(_KEY, sorted(self.done | {name}))
        self.look()

    def _run_example(self) -> None:
        self._context.tasks.start(self._run_first(), name="run example")

    async def _run_first(self) -> None:
        client = self._context.link.client
        examples = (await client.list_tasks(folder=_EXAMPLE_FOLDER, limit=50)).data
        alone = [task for task in examples if task.executor == "shell" and not task.depends_on]
        if not alone:
            self.said.emit(tr("The examples are gone; create a task instead."))
            return
        run = await client.trigger_task(alone[0].id)
        self._follow("runs", {"run": run.id})

    def _create(self) -> None:
        self._follow("tasks", {"new": True})

    def _import(self) -> None:
        self._follow("tasks", {"import": True})

    def _restyle(self) -> None:
        palette = self._context.theme.palette
        done = self.done
        for name, button in self.steps.items():
            drawn = "done" if name in done else str(button.property("icon_name"))
            button.setIcon(icon(drawn, palette.good if name in done else palette.accent))
