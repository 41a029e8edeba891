"""Tasks as files on the command line: export, difference, plan, apply and prune, as processes."""

import json
from pathlib import Path

import pytest
import yaml

from tests.backend.cli.test_cli import CommandLine
from tests.local_process import LocalProcess

FILE = """
calendars:
- {name: file-days, weekdays: [sunday]}
tasks:
- name: file-up
  folder: from/file
  executor: shell
  command: echo up
  schedule: 0 3 * * *
  calendar: file-days
- name: file-down
  folder: from/file
  executor: noop
  depends_on: [{task: file-up}]
"""


@pytest.fixture
def taskdeck(local_backend: LocalProcess, tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path, {"TASKDECK_DATA_DIR": str(local_backend.data_dir)})


def test_a_folder_is_applied_compared_exported_and_pruned(taskdeck: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "deck"
    folder.mkdir()
    (folder / "all.yaml").write_text(FILE, encoding="utf-8")
    differing = taskdeck("diff", "-f", str(folder), code=1)
    assert differing.stdout.splitlines() == ["+ calendar file-days", "+ file-up", "+ file-down"]
    taskdeck("task", "show", "file-up", code=3)
    assert "3 created" in taskdeck("apply", "-f", str(folder)).stderr
    assert taskdeck("diff", "-f", str(folder)).stdout == ""

    exported = tmp_path / "exported.yaml"
    taskdeck("export", "--folder", "from/file", "-o", str(exported))
    text = exported.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=taskdeck.schema.json\n")
    assert [task["name"] for task in yaml.safe_load(text)["tasks"]] == ["file-down", "file-up"]
    assert yaml.safe_load(text)["tasks"][0]["depends_on"] == [{"task": "file-up"}]
    assert taskdeck("diff", "-f", str(exported)).stdout == ""

    exported.write_text(text.replace("echo up", "echo changed"), encoding="utf-8")
    changed = taskdeck("diff", "-f", str(exported), code=1).stdout
    assert changed == "~ file-up\n    command: echo up → echo changed\n"

    only = "tasks: [{name: file-up}]"
    assert "--yes" in taskdeck("apply", "-f", "-", "--prune", "--folder", "from/file", text=only, code=2).stderr
    assert "--folder or --label" in taskdeck("apply", "-f", "-", "--prune", text=only, code=2).stderr
    pruned = taskdeck("apply", "-f", "-", "--prune", "--folder", "from/file", "--yes", text=only).stdout
    assert pruned == "unchanged file-up\ndeleted   file-down\n"
    taskdeck("task", "show", "file-down", code=3)
    taskdeck("task", "delete", "file-up", "--yes")
    taskdeck("calendar", "delete", "file-days", "--yes")


def test_an_export_of_everything_has_no_difference(taskdeck: CommandLine, tmp_path: Path) -> None:
    url = "https://hooks.example.org/very-secret"
    taskdeck("alert", "channel", "set", "file-chat", "--url", url, "--header", "Authorization=also-secret")
    exported = tmp_path / "all.yaml"
    said = taskdeck("export", "-o", str(exported)).stderr
    assert "secrets of file-chat" in said
    text = exported.read_text(encoding="utf-8")
    assert "secret" not in text.replace("${secret:", "")
    assert "disk-usage-home" in text
    assert taskdeck("diff", "-f", str(exported)).stdout == ""
    other = taskdeck("diff", "-f", str(exported), code=1, TASKDECK_FILE_CHAT_URL="https://hooks.example.org/new").stdout
    assert "channel file-chat" in other
    assert "hooks.example.org" not in other
    taskdeck("alert", "channel", "delete", "file-chat")


def test_the_schema_is_printed_without_a_backend(tmp_path: Path) -> None:
    elsewhere = CommandLine(tmp_path, {"TASKDECK_DATA_DIR": str(tmp_path / "none")})
    assert json.loads(elsewhere("schema").stdout)["title"] == "Taskdeck definitions"
