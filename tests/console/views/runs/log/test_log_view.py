"""The log viewer under keys and mouse, over the output of real runs."""

import asyncio
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from console.application import Console
from console.views.runs.log.log_view import LogView
from console.views.runs.view import RunsView
from tests.console.conftest import Play, activate, until

COLOURFUL = r"""
printf 'plain\n\033[31mred\033[0m and \033[1;38;5;208mbold orange\033[0m\n'
echo on the error stream >&2
seq 1 3000
printf 'last \346\261\211\345\255\227 line\n'
"""


async def a_log(console: Console, command: str, last: str) -> LogView:
    """Run a command and return its log, once its last word is there."""
    task = await console.connection.client.create_task(
        {"name": f"log {hash(command)}", "executor": "shell", "command": command}
    )
    run = await console.connection.client.trigger_task(task.id)
    console.window.show_view("runs")
    view = console.window.current
    assert isinstance(view, RunsView)
    await activate(console.window)
    view.open(run.id)
    log = view.detail.log
    await until(lambda: last in log.toPlainText(), log.textChanged)
    return log


def test_a_log_is_read_searched_and_copied_by_keys(play: Play) -> None:
    async def scenario(console: Console) -> None:
        log = await a_log(console, COLOURFUL, "last")
        canvas, document = log.canvas, log.canvas.document
        assert len(document) == 3004
        assert "\x1b" not in log.toPlainText()
        red = next(line for line in range(3004) if document.plain(line).startswith("red"))
        assert [(span.text, span.style.foreground) for span in document.spans(red)] == [
            ("red", 1),
            (" and ", None),
            ("bold orange", 208),
        ]
        assert [document.plain(line) for line in range(3004) if document.is_stderr(line)] == ["on the error stream"]
        bar = canvas.verticalScrollBar()
        assert bar.value() == bar.maximum() > 0

        canvas.setFocus()
        QTest.keyClick(canvas, Qt.Key.Key_Home)
        assert (bar.value(), canvas.follows) == (0, False)
        QTest.keyClick(canvas, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        assert log.line.hasFocus()
        QTest.keyClicks(log.line, "2999")
        await until(lambda: "1" in log.counted.text(), log.searched)
        assert canvas.document.plain(canvas.search.lines[canvas.hit or 0]) == "2999"
        first = bar.value()
        assert first > 0
        log.line.setText("99")
        await until(lambda: canvas.search.is_done, log.searched)
        count = len(canvas.search)
        assert count == sum(f"{number}".count("99") for number in range(1, 3001))
        QTest.keyClick(log.line, Qt.Key.Key_Return)
        hit = canvas.hit
        QTest.keyClick(log.line, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
        assert canvas.hit == ((hit or 0) - 1) % count
        QTest.keyClick(log.line, Qt.Key.Key_Escape)
        assert (canvas.hasFocus(), log.line.text()) == (True, "")

        QTest.keyClick(canvas, Qt.Key.Key_End)
        assert canvas.follows
        QTest.keyClick(canvas, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(canvas, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        assert QGuiApplication.clipboard().text() == log.toPlainText()

    play(scenario)


def test_the_search_is_empty_in_the_log_of_another_run(play: Play, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        log = await a_log(console, "seq 1 3000; echo last", "last")
        canvas = log.canvas
        log.line.setText("17")
        await until(lambda: canvas.search.is_done and len(canvas.search) > 0, log.searched)
        assert not canvas.follows
        assert log.counted.text() == "1 of 160"

        again = await a_log(console, "seq 1 2000; echo end", "end")
        assert again is log
        assert log.line.text() == ""
        assert (len(canvas.search), canvas.hit, canvas.follows) == (0, None, True)
        bar = canvas.verticalScrollBar()
        assert bar.value() == bar.maximum() > 0
        assert log.counted.text() == "2,001 lines"

    play(scenario)


def test_lines_are_marked_by_the_mouse_and_wrapped_by_a_button(play: Play) -> None:
    async def scenario(console: Console) -> None:
        words = " ".join(f"word{number}" for number in range(200))
        log = await a_log(console, f"echo first line; echo '{words}'; echo end 汉字", "end")
        canvas = log.canvas
        canvas.follow_end(False)
        surface = canvas.viewport()
        row = canvas.row_box(0)
        QTest.mousePress(surface, Qt.MouseButton.LeftButton, pos=QPoint(0, row.center().y()))
        QTest.mouseMove(surface, QPoint(surface.width() - 20, row.center().y()))
        QTest.mouseRelease(surface, Qt.MouseButton.LeftButton, pos=QPoint(surface.width() - 20, row.center().y()))
        assert canvas.selected_text() in ("first line", "")  # the offscreen platform may swallow the move
        QTest.mouseDClick(surface, Qt.MouseButton.LeftButton, pos=QPoint(20, row.center().y()))
        assert canvas.selected_text() == "first"

        assert len(canvas.rows) == 3
        QTest.mouseClick(log.wrap, Qt.MouseButton.LeftButton)
        width = canvas.rows.width
        assert width is not None
        assert len(canvas.rows) == 2 + -(-len(words) // width)
        assert canvas.rows.place(2) == (1, width)
        assert canvas.rows.row_of(1, width) == 2
        assert canvas.horizontalScrollBar().maximum() == 0
        before = canvas.grab().toImage()
        QTest.mouseClick(log.timestamps, Qt.MouseButton.LeftButton)
        assert canvas.grab().toImage() != before
        QTest.mouseClick(log.wrap, Qt.MouseButton.LeftButton)
        QTest.mouseClick(log.timestamps, Qt.MouseButton.LeftButton)

    play(scenario)


def test_the_whole_log_is_saved_and_a_bad_folder_is_explained(play: Play, tmp_path: Path) -> None:
    async def scenario(console: Console) -> None:
        log = await a_log(console, "seq 1 50000", "50000")
        assert log.run_id is not None
        saved: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        log.download.saved.connect(saved.set_result)
        target = tmp_path / "saved.log"
        log.download.start(log.run_id, str(target))
        assert await asyncio.wait_for(saved, 20) == str(target)
        assert target.read_text().split() == [str(number) for number in range(1, 50001)]

        failures: list[Exception] = []
        console.background.failed.disconnect()
        console.background.failed.connect(failures.append)
        log.download.start(log.run_id, str(tmp_path / "nowhere" / "saved.log"))
        await until(lambda: bool(failures), console.background.ended)
        assert "could not be saved" in str(failures[0])
        assert not list(tmp_path.glob("*.part"))

    play(scenario)
