"""Calendars, concurrency groups, backfills, versions and alerts on the command line, as processes."""

from pathlib import Path

import pytest

from tests.backend.cli.test_cli import CommandLine
from tests.local_process import LocalProcess


@pytest.fixture
def taskdeck(local_backend: LocalProcess, tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path, {"TASKDECK_DATA_DIR": str(local_backend.data_dir)})


def test_calendars_and_concurrency_groups(taskdeck: CommandLine, tmp_path: Path) -> None:
    days = tmp_path / "days.txt"
    days.write_text("# holidays\n2027-12-25 Christmas\n\n2028-01-01\n", encoding="utf-8")
    taskdeck("calendar", "set", "cli-days", "--file", str(days), "--weekday", "sunday")
    assert taskdeck.json("calendar", "show", "cli-days")["dates"] == ["2027-12-25", "2028-01-01"]
    days.write_text("tomorrow\n", encoding="utf-8")
    refused = taskdeck("calendar", "set", "cli-days", "--file", str(days), code=2).stderr
    assert "line 1" in " ".join(refused.replace("│", "").split())
    taskdeck("concurrency-group", "set", "cli-heavy", "--limit", "2")
    assert "max_concurrency" in taskdeck("concurrency-group", "set", "cli-heavy", code=2).stderr
    fields = ("--set", "calendar=cli-days", "--set", "concurrency_group=cli-heavy")
    taskdeck("task", "create", "cli-policies", "--executor", "shell", "-c", "true", "--schedule", "every 1h", *fields)
    assert "cli-policies" in taskdeck("concurrency-group", "delete", "cli-heavy", "--yes", code=1).stderr
    assert taskdeck.json("concurrency-group", "list")[0]["task_count"] == 1
    taskdeck("task", "delete", "cli-policies", "--yes")
    taskdeck("concurrency-group", "delete", "cli-heavy", "--yes")
    taskdeck("calendar", "delete", "cli-days", "--yes")


def test_a_backfill_is_previewed_started_and_listed(taskdeck: CommandLine) -> None:
    taskdeck("task", "create", "cli-daily", "--executor", "shell", "-c", "true", "--schedule", "0 0 * * *")
    window = ("--since", "2026-03-01T00:00:00Z", "--until", "2026-03-04T00:00:00Z")
    tried = taskdeck("backfill", "start", "cli-daily", *window, "--dry-run")
    assert len(tried.stdout.splitlines()) == 3
    made = taskdeck.json("backfill", "start", "cli-daily", *window, "--limit", "3")
    assert made["total"] == 3
    assert taskdeck.json("backfill", "show", str(made["id"]))["task_name"] == "cli-daily"
    assert len(taskdeck.json("run", "list", "--backfill", str(made["id"]))) == 3
    assert [one["id"] for one in taskdeck.json("backfill", "list", "--task", "cli-daily")] == [made["id"]]
    taskdeck("task", "delete", "cli-daily", "--yes")


def test_a_version_of_a_task_is_compared_and_restored(taskdeck: CommandLine) -> None:
    taskdeck("task", "create", "cli-versions", "--executor", "shell", "-c", "echo one")
    taskdeck("task", "edit", "cli-versions", "-c", "echo two")
    assert [one["version"] for one in taskdeck.json("task", "versions", "cli-versions")] == [2, 1]
    assert taskdeck("task", "diff", "cli-versions", "1", "2").stdout == "command\n  - echo one\n  + echo two\n"
    taskdeck("task", "restore", "cli-versions", "1")
    assert taskdeck.json("task", "show", "cli-versions")["command"] == "echo one"
    taskdeck("task", "delete", "cli-versions", "--yes")


def test_alerts_are_set_up_and_silenced(taskdeck: CommandLine) -> None:
    taskdeck("alert", "channel", "set", "cli-here", "--console")
    taskdeck("alert", "channel", "set", "cli-mail", "--mail", "ops@example.org")
    assert "TASKDECK_SMTP_URL" in taskdeck("alert", "channel", "test", "cli-mail", code=1).stderr
    assert "channels" in taskdeck("alert", "rule", "set", "cli-rule", "--channel", "none-such", code=2).stderr
    taskdeck("alert", "rule", "set", "cli-rule", "--channel", "cli-here", "--on", "failure", "--remind-after", "2h")
    assert taskdeck.json("alert", "rule", "list")[0]["remind_after_seconds"] == 7200
    assert "soon" in taskdeck("alert", "silence", "add", "--for", "soon", code=2).stderr
    taskdeck("alert", "silence", "add", "--for", "1h", "--reason", "maintenance")
    silence = taskdeck.json("alert", "silence", "list")[0]
    taskdeck("alert", "silence", "end", str(silence["id"]))
    assert taskdeck.json("alert", "silence", "list") == []
    assert "not found" in taskdeck("alert", "acknowledge", "999999999", code=1).stderr
    taskdeck("alert", "rule", "delete", "cli-rule")
    for channel in ("cli-here", "cli-mail"):
        taskdeck("alert", "channel", "delete", channel)


def test_a_schedule_is_previewed_and_described(taskdeck: CommandLine) -> None:
    shown = taskdeck("preview", "30 2 * * *", "--timezone", "Europe/Berlin", "--after", "2026-03-28T12:00:00Z")
    assert shown.stdout.splitlines()[:2] == ["At 02:30 every day", "2026-03-29T03:00:00+02:00"]
    assert "星期五" in taskdeck("preview", "0 17 * * fri", "--language", "zh").stdout
    assert "no future occurrence" in taskdeck("preview", "at 2020-01-01T00:00").stdout
    assert "minute: 61" in taskdeck("preview", "61 * * * *", code=2).stderr


def test_a_task_is_shown_with_every_policy_that_is_not_the_default(taskdeck: CommandLine) -> None:
    fields = ("pause_after_failures=3", "retry_exit_codes=[3, 4]", "starts_at=2027-01-01T00:00:00Z", "keep_runs=9")
    sets = [part for field in fields for part in ("--set", field)]
    taskdeck("task", "create", "cli-shown", "--executor", "noop", "--schedule", "0 3 * * 1", *sets)
    shown = taskdeck("task", "show", "cli-shown").stdout
    for words in ("Pause after failures", "3, 4", "2027-01-01", "Keep runs", "At 03:00, on Monday"):
        assert words in shown
    taskdeck("task", "delete", "cli-shown", "--yes")


def test_times_in_a_file_have_the_format_of_the_api(taskdeck: CommandLine, tmp_path: Path) -> None:
    task = "{name: cli-times, executor: noop, schedule: every 1h, starts_at: 2027-01-01T00:00:00Z}"
    (tmp_path / "tasks.yaml").write_text(f"tasks: [{task}]\n", encoding="utf-8")
    taskdeck("apply", "-f", str(tmp_path / "tasks.yaml"))
    assert taskdeck.json("task", "show", "cli-times")["starts_at"] == "2027-01-01T00:00:00.000000Z"
    taskdeck("task", "delete", "cli-times", "--yes")
