"""Policies, history and past times, as a person goes through them in the window."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtWidgets import QCheckBox, QDialog, QPlainTextEdit
from shiboken6 import isValid

from console.application import Console
from console.views.alerts.view import AlertsView
from console.views.policies.form_dialog import FormDialog
from console.views.policies.resource import Row
from console.views.policies.resource_page import ResourcePage
from console.views.policies.resources import RESOURCES
from console.views.policies.view import PoliciesView
from console.views.tasks.backfill_dialog import BackfillDialog
from console.views.tasks.editor import TaskEditor
from console.views.tasks.history_dialog import HistoryDialog
from console.widgets.confirm import ConfirmDialog
from shared.client import TaskdeckClient
from shared.models.alert import ChannelFields, RuleFields
from shared.models.base import Input
from shared.models.concurrency_group import ConcurrencyGroupFields
from shared.models.schedule import CalendarFields
from tests.console.conftest import Play, dialog_of, laid_out, until
from tests.console.test_console import tasks_of, until_shown
from tests.console.text_fit import cut_texts


@pytest.mark.parametrize(
    ("page", "model"),
    [
        ("concurrency-groups", ConcurrencyGroupFields),
        ("calendars", CalendarFields),
        ("rules", RuleFields),
        ("channels", ChannelFields),
    ],
)
def test_a_form_has_every_field_for_saving_replaces_all_of_them(page: str, model: type[Input]) -> None:
    spec = next(one for one in RESOURCES if one.name == page)
    assert {field.name for field in spec.fields} - {spec.key} == set(model.model_fields)


def named(page: ResourcePage, name: str) -> list[Row]:
    """Return the row with a name; a new installation has a rule and a channel of its own."""
    return [row for row in page.model.rows if row["name"] == name]


async def stored_as(client: TaskdeckClient, kind: str, name: str) -> Row:
    (found,) = [one for one in (await client.request("GET", f"/api/alerts/{kind}"))["data"] if one["name"] == name]
    return dict(found)


def test_a_rule_is_changed_and_a_channel_tried_under_alerts(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        await client.request("PUT", "/api/alerts/channels/dead", json={"kind": "webhook", "url": "http://127.0.0.1:9/"})
        rule = {"channels": ["dead"], "labels": {"team": "ops"}, "enabled": False, "remind_after_seconds": 90}
        await client.request("PUT", "/api/alerts/rules/quiet", json=rule)
        console.window.show_view("alerts")
        view = console.window.current
        assert isinstance(view, AlertsView)
        view.show_with({"page": "rules"})
        rules = view.pages["rules"]
        await until(lambda: bool(named(rules, "quiet")), rules.model.rowsInserted, rules.model.modelReset)
        (quiet,) = named(rules, "quiet")
        texts = [column.text(quiet) for column in rules.model.columns]
        assert texts == ["quiet", "failure", "all", "dead", "1 min", "no"]
        form = rules.edit(quiet)
        assert form is not None
        assert form.text("remind_after_seconds") == "1m 30s"
        form.set_text("remind_after_seconds", "10m")
        assert form.text("conditions") == "failure"
        check(form, "late")
        form.save.click()
        await until(lambda: is_gone(form), console.background.ended)
        stored = await stored_as(client, "rules", "quiet")
        assert (stored["labels"], stored["enabled"], stored["remind_after_seconds"]) == ({"team": "ops"}, False, 600)
        assert (stored["conditions"], stored["channels"]) == (["failure", "late"], ["dead"])
        view.show_with({"page": "channels"})
        channels = view.pages["channels"]
        await until(lambda: bool(named(channels, "dead")), channels.model.rowsInserted, channels.model.modelReset)
        channels.send_test(named(channels, "dead"))
        await until(lambda: "not delivered" in channels.told.text(), console.background.ended)
        address = channels.edit(named(channels, "dead")[0])
        assert address is not None
        address.set_text("url", "http://127.0.0.1:9/other")
        address.test.click()
        await until(lambda: "not delivered" in address.outcome.text(), console.background.ended)
        assert address.isVisible()
        assert not address.has_unsaved_work()
        assert (await stored_as(client, "channels", "dead"))["url"] == "http://127.0.0.1:9/other"
        address.reject()
        await client.request("DELETE", "/api/alerts/rules/quiet")
        await client.request("DELETE", "/api/alerts/channels/dead")

    play(scenario)


async def silences_added(client: TaskdeckClient) -> int:
    return sum(one.action == "alert_silence.add" for one in (await client.audit(object_type="alert_silence")).data)


def test_a_silence_names_its_task_and_takes_a_duration(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        task = await client.create_task({"name": "noisy", "executor": "shell", "command": "true"})
        console.window.show_view("alerts")
        view = console.window.current
        assert isinstance(view, AlertsView)
        view.show_with({"page": "silences"})
        form = view.pages["silences"].edit(None)
        assert form is not None
        form.set_text("task_id", "nobody")
        form.set_text("ends_at", "2h")
        form.save.click()
        await until(lambda: bool(form.error_of("task_id")), console.background.ended)
        form.set_text("task_id", "noisy")
        form.save.click()
        await until(lambda: is_gone(form), console.background.ended)
        [silence] = [one for one in await client.list_silences() if one.task_id == task.id]
        assert timedelta(minutes=118) < silence.ends_at - datetime.now(UTC) <= timedelta(hours=2)
        await client.end_silence(silence.id)

        before = await silences_added(client)
        again = view.pages["silences"].edit(None)
        assert again is not None
        again.save.click()
        await until(lambda: bool(again.error_of("ends_at")), console.background.ended)
        again.set_text("until_recovery", "yes")
        again.save.click()
        await until(lambda: bool(again.error_of("task_id")), console.background.ended)
        again.set_text("task_id", "noisy")
        again.save.click()
        await until(lambda: is_gone(again), console.background.ended)
        # The task has no open alert, so the silence may have ended already.
        assert await silences_added(client) == before + 1
        await client.delete_task(task.id)

    play(scenario)


def check(form: FormDialog, words: str) -> None:
    """Check the box with these words."""
    [box] = [one for one in form.findChildren(QCheckBox) if one.text() == words]
    box.click()


def is_gone(dialog: QDialog) -> bool:
    return not isValid(dialog) or not dialog.isVisible()


def test_a_concurrency_group_is_made_changed_and_ended_in_the_policies(play: Play) -> None:
    async def scenario(console: Console) -> None:
        console.window.show_view("policies")
        view = console.window.current
        assert isinstance(view, PoliciesView)
        view.show_with({"page": "concurrency-groups"})
        page = view.pages["concurrency-groups"]
        form = page.edit(None)
        assert form is not None
        form.set_text("name", "console-heavy")
        form.save.click()
        await until(lambda: bool(form.error_of("max_concurrency")), console.background.ended)
        form.set_text("max_concurrency", "some")
        form.save.click()
        assert "whole number" in form.error_of("max_concurrency")
        form.set_text("max_concurrency", "2")
        form.save.click()
        await until(lambda: bool(page.model.rows), page.model.rowsInserted, page.model.modelReset)
        assert page.model.rows[0]["max_concurrency"] == 2
        page.ask_remove(page.model.rows)
        dialog = await dialog_of(ConfirmDialog)
        assert isinstance(dialog, ConfirmDialog)
        dialog.go.click()
        await until(lambda: not page.model.rows, page.model.rowsRemoved, page.model.modelReset)

    play(scenario)


def test_a_field_of_several_lines_shows_several(play: Play) -> None:
    async def scenario(console: Console) -> None:
        console.window.show_view("policies")
        view = console.window.current
        assert isinstance(view, PoliciesView)
        view.show_with({"page": "calendars"})
        form = view.pages["calendars"].edit(None)
        assert form is not None
        dates = form.findChild(QPlainTextEdit)
        assert dates is not None
        assert dates.height() >= 3 * dates.fontMetrics().lineSpacing()
        form.reject()

    play(scenario)


def shown_fields(form: FormDialog) -> set[str]:
    spec = next(one for one in RESOURCES if one.name == "channels")
    return {field.name for field in spec.fields if form.applies(field)}


def test_a_channel_has_the_fields_of_its_kind(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        console.window.show_view("alerts")
        view = console.window.current
        assert isinstance(view, AlertsView)
        view.show_with({"page": "channels"})
        page = view.pages["channels"]
        form = page.edit(None)
        assert form is not None
        assert shown_fields(form) == {"name", "kind", "url", "format", "headers", "enabled"}
        form.set_text("format", "custom")
        assert "template" in shown_fields(form)
        form.set_text("url", "not an address")
        form.set_text("kind", "email")
        assert shown_fields(form) == {"name", "kind", "recipients", "enabled"}
        form.set_text("name", "by-mail")
        form.set_text("recipients", "a@example.org，b@example.org")
        form.save.click()
        await until(lambda: is_gone(form), console.background.ended)
        stored = await stored_as(client, "channels", "by-mail")
        assert (stored["url"], stored["recipients"]) == (None, ["a@example.org", "b@example.org"])
        await client.request("DELETE", "/api/alerts/channels/by-mail")

    play(scenario)


@pytest.mark.parametrize("text", ["saturday, Sunday", "Sat,Sun", "星期六、周日"])
def test_weekdays_are_read_in_both_languages(in_chinese: None, text: str) -> None:
    spec = next(one for one in RESOURCES if one.name == "calendars")
    weekdays = next(field for field in spec.fields if field.name == "weekdays")
    assert weekdays.read(text) == ["saturday", "sunday"]
    assert weekdays.read(weekdays.show(["saturday", "sunday"])) == ["saturday", "sunday"]


def test_a_task_goes_back_to_what_it_was_and_runs_for_past_times(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        task = await client.create_task(
            {"name": "was-and-is", "executor": "shell", "command": "echo one", "schedule": "0 0 * * *"}
        )
        task = await client.update_task(task.id, {"command": "echo two"})
        history = HistoryDialog(console.context, task, console.window)
        history.open()
        await until(lambda: history.list.count() == 2, history.list.model().rowsInserted)
        assert "− echo one" in history.changes.toPlainText()
        history.list.setCurrentRow(1)
        history.restore.click()
        await until(lambda: is_gone(history), console.background.ended)
        assert (await client.get_task(task.id)).command == "echo one"
        backfill = BackfillDialog(console.context, task, console.window)
        backfill.open()
        await laid_out()
        assert cut_texts(backfill) == []
        backfill.since.setText("2026-03-01T00:00Z")
        backfill.until.setText("nonsense")
        backfill.start_button.click()
        assert "is not a time" in backfill.told.text()
        backfill.until.setText("2026-03-03T00:00Z")
        backfill.show_button.click()
        await until(lambda: backfill.told.text().startswith("2 runs"), console.background.ended)
        backfill.start_button.click()
        await until(lambda: is_gone(backfill), console.background.ended)
        made = (await client.request("GET", "/api/backfills", params={"task_id": task.id}))["data"]
        assert made[0]["total"] == 2
        await client.delete_task(task.id)

    play(scenario)


def test_the_editor_shows_what_a_task_waits_for_and_when_it_does_not_run(play: Play) -> None:
    async def scenario(console: Console) -> None:
        view = tasks_of(console)
        await until_shown(view, lambda: bool(view.model.rows))
        client = console.connection.client
        upstream = view.model.rows[0]
        task = await client.create_task(
            {
                "name": "waits-for-another",
                "executor": "shell",
                "command": "true",
                "schedule": "every 1h",
                "retry_exit_codes": [75],
                "depends_on": [{"task_id": upstream.id, "condition": "failure"}],
            }
        )
        view.task_actions.edit(task)
        editor = await dialog_of(TaskEditor)
        assert isinstance(editor, TaskEditor)
        assert editor.texts()["depends_on"] == f"{upstream.name}: failure"
        assert "Every hour" in editor.preview
        editor.set_text("depends_on", "nobody")
        editor.set_text("blackouts", "0 22 * * 5 for 2h")
        await until(lambda: "task nobody does not exist" in editor.error_of("depends_on"), editor.checking.timeout)
        editor.set_text("depends_on", "")
        editor.save_now()
        await until(lambda: is_gone(editor), console.background.ended)
        stored = await client.get_task(task.id)
        assert stored.depends_on == []
        assert stored.blackouts[0].duration_seconds == 7200
        assert stored.retry_exit_codes == [75]
        await client.delete_task(task.id)

    play(scenario)
