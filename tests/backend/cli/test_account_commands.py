"""Users, tokens and signing keys from the command line."""

import json
from pathlib import Path

import pytest

from tests.backend.cli.test_cli import CommandLine
from tests.local_process import LocalProcess

PASSWORD = "a long password"


@pytest.fixture
def taskdeck(local_backend: LocalProcess, tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path, {"TASKDECK_DATA_DIR": str(local_backend.data_dir)})


@pytest.fixture
def elsewhere(tmp_path: Path, local_backend: LocalProcess) -> CommandLine:
    """A machine without a backend that names this one's address."""
    return CommandLine(
        tmp_path, {"TASKDECK_DATA_DIR": str(tmp_path / "none"), "TASKDECK_URL": local_backend.address.url}
    )


def test_a_token_is_printed_alone_and_permits_its_scope(taskdeck: CommandLine, elsewhere: CommandLine) -> None:
    made = taskdeck("token", "create", "from-cli", "--scope", "read", "--days", "7")
    token = made.stdout.strip()
    assert token.startswith("tdk_")
    assert "permits: read" in made.stderr
    elsewhere("task", "list", TASKDECK_TOKEN=token)
    assert "scope run" in elsewhere("task", "trigger", "disk-usage-home", code=5, TASKDECK_TOKEN=token).stderr
    (listed,) = [one for one in taskdeck.json("token", "list") if one["name"] == "from-cli"]
    assert listed["scope"] == "read"
    taskdeck("token", "delete", str(listed["id"]), "--yes")
    elsewhere("task", "list", code=5, TASKDECK_TOKEN=token)
    taskdeck("token", "create", "x", "--days", "7", "--no-expiry", code=2)


def test_a_user_is_made_changed_and_deleted(taskdeck: CommandLine, elsewhere: CommandLine) -> None:
    made = taskdeck("user", "create", "cli-ann", "--role", "operator", "--password-stdin", text=f"{PASSWORD}\n")
    assert "operator" in made.stdout
    assert "password" in taskdeck("user", "create", "cli-bob", "--password-stdin", text="short\n", code=2).stderr
    taskdeck("user", "role", "cli-ann", "viewer")
    (user,) = [one for one in taskdeck.json("user", "list") if one["username"] == "cli-ann"]
    assert (user["role"], user["disabled"]) == ("viewer", False)
    assert taskdeck.json("user", "disable", "cli-ann")["disabled"] is True
    assert taskdeck.json("user", "enable", "cli-ann")["disabled"] is False
    taskdeck("user", "password", "cli-ann", "--password-stdin", text="another long password\n")
    taskdeck("user", "delete", "cli-ann", "--yes")
    assert "cli-ann" in taskdeck("user", "role", "cli-ann", "viewer", code=3).stderr


def test_the_signing_key_is_rotated(taskdeck: CommandLine) -> None:
    before = taskdeck.json("signing-key", "list")
    made = taskdeck.json("signing-key", "rotate")
    listed = taskdeck.json("signing-key", "list")
    assert [one["id"] for one in listed] == [made["id"], *(one["id"] for one in before)]
    assert "from now on" in taskdeck("signing-key", "rotate", "--revoke").stdout


def test_the_audit_log_is_listed_and_exported(taskdeck: CommandLine, tmp_path: Path) -> None:
    taskdeck("token", "create", "for-the-log", "--scope", "read")
    (entry,) = [
        one for one in taskdeck.json("audit", "list", "--action", "token.") if one["object_name"] == "for-the-log"
    ]
    assert (entry["actor"], entry["via"], entry["address"]) == ("local", "command_line", "127.0.0.1")
    assert "for-the-log" in taskdeck("audit", "list", "--via", "command_line").stdout
    file = tmp_path / "audit.jsonl"
    assert "Exported" in taskdeck("audit", "export", "--output", str(file), "--action", "token.create").stderr
    assert entry in [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    taskdeck("audit", "export", "--output", str(tmp_path / "no" / "file"), code=1)
    assert (
        json.loads(taskdeck("audit", "export", "--action", "audit.").stdout.splitlines()[-1])["action"]
        == "audit.export"
    )


def test_a_permission_is_granted_shown_and_removed(taskdeck: CommandLine, elsewhere: CommandLine) -> None:
    taskdeck("user", "create", "cli-eve", "--role", "member", "--password-stdin", text=f"{PASSWORD}\n")
    made = taskdeck.json("grant", "add", "cli/folder", "run", "--user", "cli-eve")
    assert (made["user"], made["folder"], made["permission"]) == ("cli-eve", "cli/folder", "run")
    group = taskdeck.json("grant", "add", "", "read", "--group", "cli oncall")
    listed = taskdeck("grant", "list").stdout
    assert "cli/folder" in listed
    assert "group cli oncall" in listed
    assert [one["id"] for one in taskdeck.json("grant", "list", "--user", "cli-eve")] == [made["id"]]
    assert [one["id"] for one in taskdeck.json("grant", "list", "--group", "cli oncall")] == [group["id"]]
    assert "either --user or --group" in taskdeck("grant", "add", "cli", "run", code=2).stderr
    assert "does not exist" in taskdeck("grant", "add", "cli", "run", "--user", "cli-nobody", code=2).stderr
    assert "admin" in taskdeck("grant", "mine").stdout
    assert taskdeck.json("grant", "mine")["permission"] == "admin"
    taskdeck("grant", "remove", str(made["id"]), str(group["id"]), "--yes")
    assert taskdeck.json("grant", "list", "--user", "cli-eve") == []
    taskdeck("grant", "remove", str(made["id"]), "--yes", code=3)
    taskdeck("user", "delete", "cli-eve", "--yes")


def test_a_user_changes_the_own_password(taskdeck: CommandLine, local_backend: LocalProcess, tmp_path: Path) -> None:
    taskdeck("user", "create", "cli-own", "--role", "viewer", "--password-stdin", text=f"{PASSWORD}\n")
    person = CommandLine(
        tmp_path,
        {
            "TASKDECK_DATA_DIR": str(tmp_path / "none"),
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
            "HOME": str(tmp_path),
        },
    )
    person("login", local_backend.address.url, "--username", "cli-own", "--password-stdin", text=f"{PASSWORD}\n")
    lines = "wrong password\nthe next long password\n"
    assert "current_password: is wrong" in person("user", "password", "--password-stdin", code=2, text=lines).stderr
    done = person("user", "password", "--password-stdin", text=f"{PASSWORD}\nthe next long password\n")
    assert "Changed your password" in done.stdout
    assert person.json("token", "list") == [], "it goes on with the new session"
    assert (
        "has no password" in taskdeck("user", "password", "--password-stdin", code=1, text="a\nlong enough b\n").stderr
    )
    taskdeck("user", "delete", "cli-own", "--yes")
