"""Every view and page at the least size of the window, in both languages, on a real backend."""

import os
import subprocess
import sys
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from console.application import Console
from console.views.known_views import VIEWS
from console.views.object_page import ObjectPage, PageState
from shared.enums import RunStatus
from tests.console.conftest import Play, ended, laid_out, until
from tests.console.rich_data import LONG_NAME
from tests.console.test_console import make_task
from tests.console.text_fit import cut_texts, nameless_controls, overlapping_texts

SCALE = "QT_SCALE_FACTOR"
SIZES = ((880, 560), (1280, 800))


@pytest.fixture(params=["en", "zh_CN"])
def language(request: pytest.FixtureRequest) -> str:
    request.getfixturevalue("in_english" if request.param == "en" else "in_chinese")
    return str(request.param)


def test_no_text_is_cut_or_overlaps_and_no_control_is_nameless_in_any_view(play: Play, language: str) -> None:
    async def scenario(console: Console) -> None:
        client, window = console.connection.client, console.window
        assert window.devicePixelRatio() == float(os.environ.get(SCALE, "1"))
        task = await make_task(
            console,
            name=LONG_NAME,
            command="echo begun; echo 'no space left on device' >&2; exit 3",
            folder="finance/reports",
            labels={"team": "operations"},
            schedule="*/5 9-17 * * mon-fri",
        )
        failed = await ended(console, await client.trigger_task(task.id))
        assert failed.status is RunStatus.FAILED
        held = await make_task(console, name="held", command="true", worker_labels={"zone": "nowhere"})
        waiting = await client.trigger_task(held.id)
        wanted: list[tuple[str, dict[str, object]]] = [(spec.name, {}) for spec in VIEWS]
        wanted += [("task", {"task": task.id}), ("run", {"run": failed.id}), ("run", {"run": waiting.id})]
        worker = (await client.list_workers()).data[0]
        wanted += [("runs", {"run": failed.id}), ("workers", {"worker": worker.id})]
        found: list[str] = []
        for width, height in SIZES:
            window.resize(width, height)
            for name, about in wanted:
                window.follow(name, about)
                view = window.current
                if isinstance(view, ObjectPage):
                    await shown(view)
                await until(lambda: not loading(console), console.background.ended)
                await laid_out()
                for finder in (cut_texts, overlapping_texts, nameless_controls):
                    where = f"{name} at {window.width()}x{window.height()}"
                    found += [f"{where}, {finder.__name__}: {one}" for one in finder(window)]
        assert not found, "\n".join(dict.fromkeys(found))
        for one in (task, held):
            await client.delete_task(one.id)

    play(scenario)


def test_no_text_is_cut_at_a_scale_of_150_percent() -> None:
    # Qt reads the scale when a process starts.
    test = test_no_text_is_cut_or_overlaps_and_no_control_is_nameless_in_any_view.__name__
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "--show-capture=no", f"{__file__}::{test}"]
    environment = {**os.environ, SCALE: "1.5", "PYTEST_ADDOPTS": ""}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=220)
    assert done.returncode == 0, done.stdout[-4000:]
    assert "2 passed" in done.stdout


async def shown(page: ObjectPage[Any]) -> None:
    await until(lambda: page.page_state is PageState.SHOWN, page.loaded)


def loading(console: Console) -> list[str]:
    """Return the jobs that end by themselves."""
    endless = ("connection", "log of", "start backend")
    return [name for name in console.background.running if not name.startswith(endless)]


def a_row(*widgets: QWidget) -> QWidget:
    page = QWidget()
    row = QHBoxLayout(page)
    for widget in widgets:
        row.addWidget(widget)
    page.resize(600, 100)
    page.show()
    QApplication.processEvents()
    return page


def test_what_is_cut_is_found(qapp: QApplication) -> None:
    label, button, box = QLabel("a rather long text"), QPushButton("another long text"), QComboBox()
    box.addItem("a choice with many words")
    page = a_row(label, button, box)
    assert cut_texts(page) == []
    for widget in (label, button, box):
        widget.setFixedWidth(40)
    QApplication.processEvents()
    assert len(cut_texts(page)) == 3
    page.setFixedWidth(60)
    assert any("out of view" in line for line in cut_texts(page))
    page.deleteLater()


def test_what_overlaps_is_found(qapp: QApplication) -> None:
    page = a_row()
    one, other = QLabel("one text", page), QLabel("another text", page)
    one.setGeometry(10, 10, 80, 20)
    other.setGeometry(100, 10, 80, 20)
    for label in (one, other):
        label.show()
    assert overlapping_texts(page) == []
    other.move(60, 20)
    assert overlapping_texts(page) == ["QLabel 'one text' and QLabel 'another text'"]
    page.deleteLater()


def test_what_has_no_name_is_found(qapp: QApplication) -> None:
    button, box = QToolButton(), QComboBox()
    page = a_row(QPushButton("named"), button, box)
    assert len(nameless_controls(page)) == 2
    button.setAccessibleName("Refresh")
    box.setAccessibleName("Status")
    assert nameless_controls(page) == []
    page.deleteLater()
