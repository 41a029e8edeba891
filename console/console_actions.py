"""What can be done with the console as a whole: backends, windows, language, how times are written."""

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu

from console.actions import Action
from console.connection.saved_connections import SavedConnections
from console.context import Context
from console.deep_link import write_deep_link
from console.preferences import Preference
from console.theme.icons import disc
from console.theme.palette import colour_named
from console.translation import ENGLISH_NAMES, LANGUAGES
from console.window import MainWindow
from console.words import tr
from shared.models.run import Run
from shared.models.task import Task
from shared.models.worker import Worker


class ConsoleActions(QObject):
    """The actions of one window; what they ask for is a signal to the console."""

    backend_wanted = Signal(str)
    another_window_wanted = Signal(str)
    chooser_wanted = Signal()
    quit_wanted = Signal()

    def __init__(self, context: Context, saved: SavedConnections, window: MainWindow) -> None:
        super().__init__(window)
        self._context = context
        self._saved = saved
        self._window = window

    def all(self) -> list[Action]:
        """Return the actions, with their words in the language in use."""
        return [self._copy_link(), *self._backends(), *self._choices()]

    def _copy_link(self) -> Action:
        """Return the action that puts a link to what is shown or selected on the clipboard, for a chat or a ticket."""

        def selected() -> tuple[str, int | str] | None:
            if (linked := self._window.current.linked()) is not None:
                return linked
            for table in self._window.current.tables:
                for row in table.selected() if table.isVisible() else []:
                    for kind, view in ((Task, "tasks"), (Run, "runs"), (Worker, "workers")):
                        if isinstance(row, kind):
                            return view, row.id
            return None

        def copy() -> None:
            if (found := selected()) is not None:
                link = write_deep_link(self._context.saved_connection, *found)
                QGuiApplication.clipboard().setText(link)
                self._window.toast.show_text(tr("Copied: %1", link))

        return Action(
            "link.copy",
            tr("Copy a link to the selection"),
            copy,
            group=tr("Console"),
            shortcuts=("Ctrl+Shift+C",),
            icon_name="connection",
            is_enabled=lambda: selected() is not None,
        )

    def _backends(self) -> list[Action]:
        group = tr("Connections")
        made = [
            Action(
                "connection.window",
                tr("Open a new window"),
                lambda: self.another_window_wanted.emit(self._context.saved_connection.url),
                group=group,
                shortcuts=("Ctrl+Shift+N",),
                icon_name="window",
            ),
            Action(
                "backend.log",
                tr("Show the log of the local backend"),
                lambda: self._window.dialogs.open_backend_log(),
                group=group,
                shortcuts=("Ctrl+Shift+G",),
                icon_name="audit_log",
                is_enabled=lambda: self._context.keeper.log_path.exists(),
            ),
            Action(
                "backend.start",
                tr("Start the local backend"),
                self._context.keeper.start,
                group=group,
                icon_name="play",
                is_enabled=lambda: self._context.keeper.can_start,
            ),
        ]
        for place, one in enumerate(self._saved.all()):
            made.append(
                Action(
                    f"connection.use.{one.url}",
                    tr("Switch to %1", one.shown_name),
                    lambda url=one.url: self.backend_wanted.emit(url),  # type: ignore[misc]
                    group=group,
                    shortcuts=(f"Ctrl+Alt+{place + 1}",) if place < 9 else (),
                    icon_name="connection",
                    is_enabled=lambda url=one.url: url != self._context.saved_connection.url,  # type: ignore[misc]
                )
            )
        return made

    def _choices(self) -> list[Action]:
        group = tr("Console")
        preferences = self._context.preferences
        other = "relative" if preferences.times == "absolute" else "absolute"
        made = [
            Action(
                "times",
                tr("Show times as dates") if other == "absolute" else tr("Show times relative to now"),
                lambda: preferences.put(Preference.TIMES, other),
                group=group,
                shortcuts=("Ctrl+Shift+T",),
                icon_name="time",
            ),
            Action("quit", tr("Quit"), self.quit_wanted.emit, group=group, shortcuts=("Ctrl+Q",), icon_name="close"),
        ]
        for code, name in LANGUAGES.items():
            made.append(
                Action(
                    f"language.{code}",
                    f"{tr('Language')}: {name}" + (f" ({english})" if (english := ENGLISH_NAMES[code]) != name else ""),
                    lambda code=code: preferences.put(Preference.LANGUAGE, code),  # type: ignore[misc]
                    group=group,
                    icon_name="language",
                )
            )
        return made

    def show_connection_menu(self, at: QPoint) -> QMenu:
        """Open the quick switcher: each backend with its colour, other windows, the list itself."""
        menu = QMenu(self._window)
        palette = self._context.theme.palette
        for place, one in enumerate(self._saved.all()):
            words = one.shown_name if place >= 9 else f"{one.shown_name}\tCtrl+Alt+{place + 1}"
            entry = QAction(disc(colour_named(palette, one.colour)), words, menu)
            if one.url == self._context.saved_connection.url:
                font = entry.font()
                font.setBold(True)
                entry.setFont(font)
                entry.setEnabled(False)
            entry.triggered.connect(lambda _checked=False, url=one.url: self.backend_wanted.emit(url))
            menu.addAction(entry)
        menu.addSeparator()
        beside = menu.addMenu(tr("Open in a new window"))
        for one in self._saved.all():
            entry = QAction(disc(colour_named(palette, one.colour)), one.shown_name, beside)
            entry.triggered.connect(lambda _checked=False, url=one.url: self.another_window_wanted.emit(url))
            beside.addAction(entry)
        edit = QAction(f"{tr('Manage connections…')}\tCtrl+Shift+O", menu)
        edit.triggered.connect(self.chooser_wanted)
        menu.addAction(edit)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)
        return menu
