"""The workers under keys and mouse, on a real backend."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.application import Console
from console.views.runs.runs import RunsView
from console.views.workers.columns import memory_words
from console.views.workers.workers import WorkersView, fits
from shared.enums import WorkerStatus
from shared.models.worker import Worker
from tests.console.conftest import Play, until
from tests.console.test_runs_view import until_active


def workers_of(console: Console) -> WorkersView:
    console.window.show_view("workers")
    view = console.window.current
    assert isinstance(view, WorkersView)
    return view


async def until_shown(view: WorkersView, predicate: object) -> None:
    model = view.model
    assert callable(predicate)
    await until(predicate, model.rowsInserted, model.rowsRemoved, model.dataChanged, model.modelReset)


def test_a_worker_tells_what_it_runs_and_leads_to_it(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.link.client
        task = await client.create_task({"name": "held by a worker", "executor": "shell", "command": "sleep 300"})
        run = await client.trigger_task(task.id)
        view = workers_of(console)
        await until_shown(view, lambda: bool(view.model.rows))
        await until_active(console)
        worker = view.model.rows[0]
        view.table.setFocus()
        view.table.selectRow(0)
        QTest.keyClick(view.table, Qt.Key.Key_Return)
        detail = view.detail
        assert detail.isVisible()
        await until(
            lambda: any(one.id == run.id for one in detail.model.rows),
            detail.model.rowsInserted,
            detail.model.modelReset,
        )
        assert worker.version in detail._values["version"][1].text()
        assert detail.drain.isVisible()
        assert detail.remove.isHidden()
        await until(lambda: bool(detail._samples), detail._refresher.busy_changed)
        detail._moved(detail._samples[-1].at)
        assert "slots" in detail._reading.text()
        assert not view.grab().isNull()
        QTest.keyClick(view.table, Qt.Key.Key_Escape)
        assert detail.isHidden()

        view.show_with({"worker": worker.id})
        detail.table.opened.emit(run)
        runs = console.window.current
        assert isinstance(runs, RunsView)
        assert runs.detail.run_id == run.id
        await client.cancel_run(run.id)
        view.detail.runs_wanted.emit(worker.id)
        assert runs.wanted.worker_id == worker.id
        await client.delete_task(task.id)

    play(scenario)


def test_the_last_hour_is_drawn_beside_each_worker(play: Play) -> None:
    async def scenario(console: Console) -> None:
        view = workers_of(console)
        await until_shown(view, lambda: bool(view.model.rows))
        worker = view.model.rows[0]
        view._past.request_now()
        await until(lambda: bool(view.sparks.samples_of(worker.id)), view._past.busy_changed)
        with_line = view.table.grab().toImage()
        view.sparks.show_history([])
        assert view.table.grab().toImage() != with_line

    play(scenario)


def a_worker(**fields: object) -> Worker:
    facts: dict[str, object] = {
        "id": "berlin-1",
        "hostname": "host.example",
        "version": "1.2.3",
        "task_types": ["shell"],
        "labels": {"zone": "eu"},
        "slots": 4,
        "current_task_count": 0,
        "status": WorkerStatus.ONLINE,
    }
    return Worker.model_validate(facts | fields)


@pytest.mark.parametrize(
    ("words", "found"), [("", True), ("berlin", True), ("zone=eu", True), ("1.2", True), ("host.", True), ("us", False)]
)
def test_workers_are_found_by_what_they_are(words: str, found: bool) -> None:
    assert fits(a_worker(), words) is found


def test_memory_is_told_in_its_unit() -> None:
    assert [memory_words(one) for one in (None, 2**20 * 7, 2**30 * 3)] == ["", "7 MiB", "3.0 GiB"]
