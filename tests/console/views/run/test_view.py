"""The page of a run, on a real backend: what comes first, where its parts lead, and how it follows what happens."""

import httpx
import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from console.application import Console
from console.views.object_page import PageState
from console.views.run.neighbours import RunNeighbours
from console.views.run.view import RunView
from console.views.runs.compare_dialog import CompareDialog
from console.views.runs.view import RunsView
from console.views.task.view import TaskView
from shared.enums import RunStatus
from shared.models.run import Run
from tests.conftest import TRACE_URL
from tests.console.conftest import Play, activate, dialog_of, ended, laid_out, until
from tests.console.test_console import make_task, runs_of, until_shown
from tests.local_process import LocalProcess


def page_of(console: Console) -> RunView:
    page = console.window.current
    assert isinstance(page, RunView)
    return page


async def open_page(console: Console, run: Run) -> RunView:
    console.window.follow("run", {"run": run.id})
    page = page_of(console)
    await until(lambda: page.page_state is PageState.SHOWN, page.loaded)
    return page


async def shown_on(page: RunView, run: Run) -> None:
    await until(lambda: page.run is not None and page.run.id == run.id, page.loaded)


def top_of(page: RunView, part: QWidget) -> int:
    inside = page.columns.widget()
    assert inside is not None
    return part.mapTo(inside, part.rect().topLeft()).y()


def test_of_a_failed_run_the_log_comes_first_and_what_differed_next(play: Play, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        task = await make_task(console, name="fails-now", command="echo fine", environment={"KEY": "before"})
        good = await ended(console, await client.trigger_task(task.id))
        await client.update_task(
            task.id, {"command": "echo begun; echo 'disk <b>full</b>' >&2; exit 3", "environment": {"KEY": "after"}}
        )
        failed = await ended(console, await client.trigger_task(task.id))

        page = await open_page(console, failed)
        await until(lambda: "disk" in page.log.toPlainText(), page.log.textChanged)
        assert console.window.windowTitle().startswith(f"fails-now · run {failed.id} — ")
        assert page.header.state.text().startswith("Failed ")
        assert page.header.state.text().endswith("Exit code 3.")
        assert page.error.text() == "disk <b>full</b>"
        await until(lambda: bool(page.comparison.model.rows), page.loaded)
        differing = {fact.name: (fact.this, fact.other) for fact in page.comparison.model.rows}
        assert differing["Exit code"] == ("3", "0")
        assert differing["Version"] == ("2", "1")
        assert "Started" not in differing, "that times differ says nothing"
        assert page.comparison.words.text() == "The task has changed since then: command, environment."
        await laid_out()
        assert top_of(page, page.log) < top_of(page, page.comparison) < top_of(page, page.timeline)

        assert page.inputs.command.toPlainText().startswith("echo begun")
        assert "after" not in page.inputs.environment.toPlainText()
        page.inputs.reveal.click()
        assert page.inputs.environment.toPlainText() == "KEY=after"

        page.comparison.other.click()
        await until(lambda: page.run is not None and page.run.id == good.id, page.loaded)
        assert not page.comparison.isVisible()
        assert "after" not in page.inputs.environment.toPlainText(), "values are hidden again"
        console.window.go_back()
        await until(lambda: page.run is not None and page.run.id == failed.id, page.loaded)
        page.buttons.act("compare")
        dialog = await dialog_of(CompareDialog)
        await until(lambda: not dialog.empty.isVisible(), console.background.ended)
        dialog.accept()
        await client.delete_task(task.id)

    play(scenario)


def test_a_run_is_followed_cancelled_and_run_again(play: Play, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        beside = await make_task(console, name="runs-beside", command="sleep 300")
        task = await make_task(console, name="followed", command="echo begun; sleep 300")
        feed = console.context.feeds.runs.changed
        started: set[int] = set()
        feed.connect(lambda event: started.add(event.run.id) if event.run.status is RunStatus.RUNNING else None)
        other = await client.trigger_task(beside.id)
        await until(lambda: other.id in started, feed)
        run = await client.trigger_task(task.id)
        page = await open_page(console, run)
        await until(lambda: "begun" in page.log.toPlainText(), page.log.textChanged)
        await until(lambda: page.run is not None and page.run.status is RunStatus.RUNNING, page.loaded)
        assert page.header.state.text().startswith("Running for ")
        assert page.primary_action() == ""
        await until(lambda: other.id in [one.id for one in page.beside.model.rows], page.loaded)

        cancel = page.buttons.buttons["cancel"]
        await activate(console.window)
        cancel.setFocus()
        QTest.keyClick(cancel, Qt.Key.Key_Space)
        await until(lambda: page.run is not None and page.run.status is RunStatus.CANCELLED, page.loaded)
        focused = console.window.focusWidget()
        assert focused is not None
        assert page.isAncestorOf(focused), "the button that went has not given the focus away"
        assert page.primary_action() == "Re-run"

        page.do_primary_action()
        await until(lambda: page.run is not None and page.run.id > run.id, page.loaded)
        again = page.run
        assert again is not None
        assert page.details.link("Follows").whole_text == f"Run {run.id}"
        page.details.link("Follows").click()
        await until(lambda: page.run is not None and page.run.id == run.id, page.loaded)
        page.task.click()
        opened = console.window.current
        assert isinstance(opened, TaskView)
        await until(lambda: opened.page_state is PageState.SHOWN, opened.loaded)
        for one in (other, again):
            await client.cancel_run(one.id)
            await ended(console, one)
        for one_task in (task, beside):
            await client.delete_task(one_task.id)

    play(scenario)


def test_a_run_that_has_not_started_says_why_and_has_no_log(play: Play, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        task = await make_task(console, name="waits", command="true", worker_labels={"nowhere": "yes"})
        run = await client.trigger_task(task.id)
        page = await open_page(console, run)
        assert "has the labels nowhere=yes" in page.header.state.text()
        assert not page.log.isVisible()
        assert page.log.run_id is None
        assert page.inputs.isVisible()
        await client.delete_task(task.id)

    play(scenario)


def test_enter_opens_the_page_and_escape_leads_back_to_the_row(play: Play, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        task = await make_task(console, name="entered", command="true")
        run = await ended(console, await client.trigger_task(task.id))
        view = runs_of(console)
        await until_shown(view, lambda: view.model.row_of(run.id) is not None)
        await activate(console.window)
        view.table.setFocus()
        view.table.selectRow(view.model.row_of(run.id) or 0)
        QTest.keyClick(view.table, Qt.Key.Key_Return)
        page = page_of(console)
        await until(lambda: page.page_state is PageState.SHOWN, page.loaded)
        assert page.columns.hasFocus()
        QTest.keyClick(page.columns, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        assert page.log.line.hasFocus()
        QTest.keyClick(page.log.line, Qt.Key.Key_Escape)
        assert console.window.current is page, "the first Esc leaves the search"
        page.columns.setFocus()
        QTest.keyClick(page.columns, Qt.Key.Key_Escape)
        assert isinstance(console.window.current, RunsView)
        assert [one.id for one in view.table.selected()] == [run.id]
        assert view.table.hasFocus()
        await client.delete_task(task.id)

    play(scenario)


def test_a_run_that_does_not_exist_is_said(play: Play, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        console.window.follow("run", {"run": 987_654_321})
        page = page_of(console)
        await until(lambda: page.page_state is PageState.MISSING, console.background.ended)
        assert "Run 987654321 does not exist" in page.empty.words.text()

    play(scenario)


class Browser(QObject):
    """What the desktop opens web pages with."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        """Remember an address."""
        self.opened.append(url.toString())


def test_the_trace_of_a_run_is_copied_and_opened(
    play: Play, local_backend: LocalProcess, in_english: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    shown_at = TRACE_URL.replace("{trace_id}", trace)

    async def scenario(console: Console) -> None:
        client = console.connection.client
        task = await make_task(console, name="traced", command="true")
        untraced = await ended(console, await client.trigger_task(task.id))
        page = await open_page(console, untraced)
        assert "Trace" not in [fact.name for fact in page.details.facts if fact.text]
        assert not page.buttons.can_do("copy_trace")

        async with httpx.AsyncClient(base_url=local_backend.address.url) as http:
            caller = f"00-{trace}-b7ad6b7169203331-01"
            headers = {"Authorization": f"Bearer {local_backend.address.token}", "traceparent": caller}
            answer = await http.post(f"/api/tasks/{task.id}/trigger", headers=headers)
        run = await ended(console, Run.model_validate(answer.json()["data"]))
        await open_page(console, run)
        await shown_on(page, run)
        assert [fact.text for fact in page.details.facts if fact.name == "Trace"] == [trace]
        page.buttons.act("copy_trace")
        assert QGuiApplication.clipboard().text() == trace
        browser = Browser()
        QDesktopServices.setUrlHandler("http", browser, "open")  # type: ignore[arg-type]
        try:
            page.buttons.act("open_trace")
        finally:
            QDesktopServices.unsetUrlHandler("http")
        assert browser.opened == [shown_at]
        monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
        page.buttons.act("open_trace")
        assert QGuiApplication.clipboard().text() == shown_at
        await client.delete_task(task.id)

    play(scenario)


def test_a_link_to_the_run_is_copied(play: Play, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        task = await make_task(console, name="linked-run", command="true")
        run = await ended(console, await client.trigger_task(task.id))
        page = await open_page(console, run)
        page.buttons.act("copy_link")
        assert QGuiApplication.clipboard().text() == f"taskdeck://local/runs/{run.id}"
        await client.delete_task(task.id)

    play(scenario)


def test_keys_lead_to_the_older_and_newer_run_of_the_task(play: Play, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        task = await make_task(console, name="in-a-row", command="true")
        first, second, third = [await ended(console, await client.trigger_task(task.id)) for _ in range(3)]
        page = await open_page(console, second)
        await until(lambda: page.run_actions.neighbours.newer is not None, page.loaded)
        facts = {fact.name: fact.text for fact in page.details.facts}
        assert facts["Newer run"] == f"Run {third.id} · Succeeded"
        assert facts["Previous run"] == f"Run {first.id} · Succeeded"
        await activate(console.window)
        for key, shown in ((Qt.Key.Key_O, first), (Qt.Key.Key_N, second), (Qt.Key.Key_N, third)):
            QTest.keyClick(page.columns, key)
            await shown_on(page, shown)
            await until(lambda: page.run_actions.neighbours != RunNeighbours(), page.loaded)
        assert page.run_actions.neighbours.newer is None
        QTest.keyClick(page.columns, Qt.Key.Key_N)
        assert page.object_id == third.id

        fourth = await client.trigger_task(task.id)
        await until(lambda: page.run_actions.neighbours.newer is not None, page.loaded)
        newer = page.run_actions.neighbours.newer
        assert newer is not None
        assert newer.id == fourth.id
        await ended(console, fourth)
        await client.delete_task(task.id)

    play(scenario)


def test_the_alert_that_a_run_led_to_is_on_its_page(play: Play, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        rule = {"conditions": ["failure"], "channels": ["console"], "folder": "alerting"}
        await client.request("PUT", "/api/alerts/rules/run-page", json=rule)
        task = await make_task(console, name="alerts-now", command="exit 4", folder="alerting")
        run = await client.trigger_task(task.id)
        page = await open_page(console, run)
        await until(page.alerts.isVisible, page.loaded)
        assert [alert.run_id for alert in page.alerts.model.rows] == [run.id]
        page.alerts.table.opened.emit(page.alerts.model.rows[0])
        assert console.window.current.name == "alerts"
        await client.request("DELETE", "/api/alerts/rules/run-page")
        await client.delete_task(task.id)

    play(scenario)
