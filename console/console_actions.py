"""What can be done with the console as a whole: backends, windows, language, how times are written."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu

from console.actions import Action
from console.deep_link import write_deep_link
from console.theme.icons import disc
from console.theme.palette import colour_named
from console.translation import LANGUAGES
from console.widgets.data_table import DataTable
from console.words import tr
from shared.models.run import Run
from shared.models.task import Task
from shared.models.worker import Worker

if TYPE_CHECKING:
    from console.application import Console


def console_actions(console: "Console") -> list[Action]:
    """Return the actions, with their words in the language in use."""
    return [_copy_link(console), *_backends(console), *_choices(console)]


def _copy_link(console: "Console") -> Action:
    """Return the action that puts a link to what is selected on the clipboard, for a chat or a ticket."""

    def selected() -> tuple[str, int | str] | None:
        for table in console.window.current.findChildren(DataTable):
            for row in table.selected() if table.isVisible() else []:
                for kind, view in ((Task, "tasks"), (Run, "runs"), (Worker, "workers")):
                    if isinstance(row, kind):
                        return view, row.id
        return None

    def copy() -> None:
        if (found := selected()) is not None:
            link = write_deep_link(console.context.saved_connection, *found)
            QGuiApplication.clipboard().setText(link)
            console.window.toast.say(tr("Copied: %1", link))

    return Action(
        "link.copy",
        tr("Copy a link to the selection"),
        copy,
        group=tr("Console"),
        shortcuts=("Ctrl+Shift+C",),
        icon_name="connection",
        is_enabled=lambda: selected() is not None,
    )


def _backends(console: "Console") -> list[Action]:
    group = tr("Connections")
    made = [
        Action(
            "connection.window",
            tr("Open a new window"),
            lambda: console.another_wanted.emit(console.context.saved_connection.url),
            group=group,
            shortcuts=("Ctrl+Shift+N",),
            icon_name="window",
        ),
        Action(
            "backend.log",
            tr("Show the log of the local backend"),
            lambda: console.window.show_backend_log(),
            group=group,
            shortcuts=("Ctrl+Shift+G",),
            icon_name="audit_log",
            is_enabled=lambda: console.keeper.log_path.exists(),
        ),
        Action(
            "backend.start",
            tr("Start the local backend"),
            console.keeper.start,
            group=group,
            icon_name="play",
            is_enabled=lambda: console.keeper.can_start,
        ),
    ]
    for place, one in enumerate(console.connections.all()):
        made.append(
            Action(
                f"connection.use.{one.url}",
                tr("Switch to %1", one.shown_name),
                lambda url=one.url: console.use(url),  # type: ignore[misc]
                group=group,
                shortcuts=(f"Ctrl+Alt+{place + 1}",) if place < 9 else (),
                icon_name="connection",
                is_enabled=lambda url=one.url: url != console.context.saved_connection.url,  # type: ignore[misc]
            )
        )
    return made


def _choices(console: "Console") -> list[Action]:
    group = tr("Console")
    preferences = console.preferences
    other = "relative" if preferences.times == "absolute" else "absolute"
    made = [
        Action(
            "times",
            tr("Show times as dates") if other == "absolute" else tr("Show times relative to now"),
            lambda: preferences.put("times", other),
            group=group,
            shortcuts=("Ctrl+Shift+T",),
            icon_name="time",
        ),
        Action("quit", tr("Quit"), console.quit_wanted.emit, group=group, shortcuts=("Ctrl+Q",), icon_name="close"),
    ]
    for code, name in LANGUAGES.items():
        made.append(
            Action(
                f"language.{code}",
                f"{tr('Language')}: {name}",
                lambda code=code: preferences.put("language", code),  # type: ignore[misc]
                group=group,
                icon_name="language",
            )
        )
    return made


def show_connection_menu(console: "Console", at: QPoint) -> QMenu:
    """Open the quick switcher: each backend with its colour, other windows, the list itself."""
    menu = QMenu(console.window)
    palette = console.theme.palette
    for place, one in enumerate(console.connections.all()):
        words = one.shown_name if place >= 9 else f"{one.shown_name}\tCtrl+Alt+{place + 1}"
        entry = QAction(disc(colour_named(palette, one.colour)), words, menu)
        if one.url == console.context.saved_connection.url:
            font = entry.font()
            font.setBold(True)
            entry.setFont(font)
            entry.setEnabled(False)
        entry.triggered.connect(lambda _checked=False, url=one.url: console.use(url))
        menu.addAction(entry)
    menu.addSeparator()
    beside = menu.addMenu(tr("Open in a new window"))
    for one in console.connections.all():
        entry = QAction(disc(colour_named(palette, one.colour)), one.shown_name, beside)
        entry.triggered.connect(lambda _checked=False, url=one.url: console.another_wanted.emit(url))
        beside.addAction(entry)
    edit = QAction(f"{tr('Manage connections…')}\tCtrl+Shift+O", menu)
    edit.triggered.connect(console.choose_backend)
    menu.addAction(edit)
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(at)
    return menu
