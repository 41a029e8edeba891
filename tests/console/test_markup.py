"""No text of a task, a run, a worker or a log is interpreted as markup, wherever the console shows it."""

import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QAbstractItemView, QGraphicsView, QHeaderView, QLabel, QTreeWidget, QWidget

from console.application import Console
from console.tray import without_markup
from console.views.known_views import PAGES, VIEWS
from console.widgets.plain_tip import plain_tip
from shared.errors import TaskdeckError
from tests.console.conftest import Play, ended, until
from tests.console.test_console import tasks_of, until_shown

HOSTILE = '<img src="//evil.example/x.png"><b>bold</b>'
FOLDER = HOSTILE.replace("/", "|")  # a folder is a path
TEXTS = [
    HOSTILE,
    "<b>bold</b>\nsecond <i>line</i>",
    '<a href="https://evil.example">ok</a>',
    "a < b & c > d",
    "&lt;b&gt;",
    "",
]


def seen(tip: str) -> str:
    """Return what a person sees of a tooltip, as Qt decides it."""
    if not GuiQt.mightBeRichText(tip):
        return tip
    document = QTextDocument()
    document.setHtml(tip)
    return document.toPlainText()


@pytest.mark.parametrize("text", TEXTS)
def test_a_tooltip_shows_its_text(qapp: object, text: str) -> None:
    assert seen(plain_tip(text)) == text


def test_a_notification_shows_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert without_markup(HOSTILE).startswith("&lt;img")
    monkeypatch.setattr(sys, "platform", "win32")
    assert without_markup(HOSTILE) == HOSTILE


def cells(view: QAbstractItemView, parent: QModelIndex | None = None) -> Iterator[QModelIndex]:
    """Yield every cell of a view, those of its branches too."""
    model = view.model()
    root = parent or QModelIndex()
    for row in range(model.rowCount(root)):
        for column in range(model.columnCount(root)):
            yield model.index(row, column, root)
        yield from cells(view, model.index(row, 0, root)) if isinstance(view, QTreeWidget) else ()


def tips_in(inside: QWidget) -> Iterator[str]:
    """Yield every tooltip of a widget: its own, its children's, and those of cells and of drawn items."""
    for widget in (inside, *inside.findChildren(QWidget)):
        yield widget.toolTip()
        if isinstance(widget, QAbstractItemView) and not isinstance(widget, QHeaderView) and widget.model() is not None:
            for index in cells(widget):
                yield str(index.data(Qt.ItemDataRole.ToolTipRole) or "")
        if isinstance(widget, QGraphicsView) and widget.scene() is not None:
            for item in widget.scene().items():
                yield item.toolTip()


def check(inside: QWidget) -> int:
    """Check all that a widget shows, and return in how many places the hostile text was."""
    found = 0
    for tip in tips_in(inside):
        if "evil.example" in tip:
            found += 1
            assert HOSTILE in seen(tip) or FOLDER in seen(tip), tip
    for shown in inside.findChildren(QLabel):
        if "evil.example" in shown.text():
            found += 1
            assert shown.textFormat() is Qt.TextFormat.PlainText, shown.text()
        if shown.textFormat() is not Qt.TextFormat.PlainText:
            assert "<img" not in shown.text()
    return found


def test_every_view_shows_hostile_names_as_they_are(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        task = await client.create_task(
            {
                "name": HOSTILE,
                "description": HOSTILE,
                "folder": FOLDER,
                "labels": {"team": HOSTILE},
                "executor": "shell",
                "command": f"echo '{HOSTILE}' >&2; exit 3",
                "schedule": "0 * * * *",
            }
        )
        try:
            failed = await ended(console, await client.trigger_task(task.id))
            await client.request("PUT", "/api/calendars/hostile", json={"description": HOSTILE})
            view = tasks_of(console)
            await until_shown(view, lambda: any(one.id == task.id for one in view.model.rows))
            found = {}
            for spec in VIEWS:
                console.window.show_view(spec.name)
                if spec.name == "runs":
                    console.window.follow("runs", {"run": failed.id})
                    await until(lambda: check(console.window.current) > 0, console.background.ended)
                found[spec.name] = check(console.window)
            for spec, shown in zip(PAGES, (task.id, failed.id), strict=True):
                console.window.follow(spec.name, {spec.name: shown})
                page = console.window.current
                await until(lambda page=page: check(page) > 0, console.background.ended)  # type: ignore[misc]
                found[spec.name] = check(console.window)
            assert found["tasks"] > 0
            assert found["runs"] > 0
            console.window.show_error(TaskdeckError(HOSTILE))
            assert check(console.window) > 0
        finally:
            await client.delete_task(task.id)

    play(scenario)
