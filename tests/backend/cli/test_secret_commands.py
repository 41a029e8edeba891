"""Secrets and their keys from the command line."""

import json
import stat
from pathlib import Path

import pytest

from tests.backend.cli.test_cli import CommandLine
from tests.local_process import LocalProcess

VALUE = "of the command line"


@pytest.fixture
def taskdeck(local_backend: LocalProcess, tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path, {"TASKDECK_DATA_DIR": str(local_backend.data_dir)})


def test_a_secret_is_set_from_a_file_and_from_standard_input_used_and_deleted(
    taskdeck: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "value"
    file.write_text(f"{VALUE}\n")
    made = taskdeck("secret", "set", "CLI_ONE", "--folder", "cli/", "--file", str(file))
    assert "Tasks in the folder cli and below can use it as ${secret:CLI_ONE}" in made.stdout
    assert VALUE not in made.stdout + made.stderr
    listed = [one for one in taskdeck.json("secret", "list") if one["name"] == "CLI_ONE"]
    assert [(one["folder"], one["last_used_at"]) for one in listed] == [("cli", None)]
    again = json.loads(taskdeck("secret", "set", "CLI_ONE", "--folder", "cli", "--json", text="another value\n").stdout)
    assert again["updated_by"] == "local"
    command = '[ "$A" = "another value" ]'
    fields = ("--set", "folder=cli", "--set", 'environment={"A": "${secret:CLI_ONE}"}')
    taskdeck("task", "create", "cli-secret", "--executor", "shell", "-c", command, *fields)
    taskdeck("task", "trigger", "cli-secret", "--wait")
    assert "CLI_ONE" in taskdeck("secret", "list").stdout
    taskdeck("secret", "delete", "CLI_ONE", "--folder", "cli", "--yes")
    assert "cli/CLI_ONE" in taskdeck("secret", "delete", "CLI_ONE", "--folder", "cli", "--yes", code=3).stderr
    taskdeck("task", "delete", "cli-secret", "--yes")


def test_a_value_is_never_an_argument_and_a_wrong_one_is_not_printed(taskdeck: CommandLine, tmp_path: Path) -> None:
    taskdeck("secret", "set", "CLI_TWO", VALUE, code=2)
    refused = taskdeck("secret", "set", "CLI_TWO", code=2, text="abc")
    assert "at least 4 characters" in refused.stderr
    long = taskdeck("secret", "set", "CLI_TWO", code=2, text=VALUE * 3000)
    assert "at most 32,768" in long.stderr
    assert VALUE not in long.stderr
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    assert "not UTF-8" in taskdeck("secret", "set", "CLI_TWO", "--file", str(binary), code=1).stderr
    assert "cannot be read" in taskdeck("secret", "set", "X", "--file", str(tmp_path / "none"), code=1).stderr
    assert not [one for one in taskdeck.json("secret", "list") if one["name"] == "CLI_TWO"]


def test_key_files_are_made_and_the_keys_listed(
    taskdeck: CommandLine, local_backend: LocalProcess, tmp_path: Path
) -> None:
    file = tmp_path / "keys"
    made = taskdeck("secret-key", "create", str(file))
    assert "TASKDECK_SECRETS_KEY_FILE" in made.stdout
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "taskdeck secret-key add" in taskdeck("secret-key", "create", str(file), code=1).stderr
    taskdeck("secret-key", "add", str(file))
    assert len(file.read_text().splitlines()) == 2
    assert file.read_text().splitlines()[0] not in made.stdout
    (key,) = taskdeck.json("secret-key", "list")
    assert (key["is_in_use"], key["is_here"]) == (True, True)
    assert taskdeck.json("secret-key", "rotate") == {"key_id": key["id"], "encrypted": 0, "unreadable": []}
    assert "in use" in taskdeck("secret-key", "list").stdout
    own = local_backend.data_dir / "secrets-key"
    assert stat.S_IMODE(own.stat().st_mode) == 0o600
    assert "TASKDECK_DATABASE_URL" in taskdeck("secret-key", "replace-lost", "--yes", code=1).stderr
