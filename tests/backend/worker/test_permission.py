"""What the configuration of a worker's owner permits."""

import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from backend.broker.messages import Assignment
from backend.worker.command_patterns import is_permitted
from backend.worker.folder_patterns import is_covered
from backend.worker.owner_rules import NO_RULES, AllowRules, LimitRules, OwnerRules, read_rules
from backend.worker.permission import refusal, within_limits
from backend.worker.secrets import SecretError, Secrets
from shared.errors import StartupError
from tests.documentation.reference import ROOT

EXAMPLE = """
[allow]
executors = ["shell", "http"]
commands = ["/opt/jobs/*", "df -h"]
folders = ["finance"]
labels = { team = ["finance", "sales"] }
working_directories = ["/srv/finance"]
environment = ["APP_*", "TZ"]

[limits]
memory_mb = 1024
timeout_seconds = 60

[secrets]
DB_PASSWORD = ["finance"]

[http]
loopback = false
allow = ["*.example.org", "10.1.0.0/16"]
"""


def test_the_example_of_the_documentation_is_right(tmp_path: Path) -> None:
    block = (
        (ROOT / "docs" / "how-to" / "worker-rules.md")
        .read_text(encoding="utf-8")
        .partition("    [allow] ")[2]
        .partition("\nWith control groups")[0]
    )
    text = dedent(f"    [allow] {block}")
    file = tmp_path / "worker.toml"
    file.write_text(text)
    rules = read_rules(file)
    assert (rules.commands.run_as, rules.limits.processes, rules.http.loopback) == ("app", 100, False)
    missing = set(OwnerRules.model_fields) - {line.strip("[]") for line in re.findall(r"^\[\w+\]", text, re.MULTILINE)}
    assert missing == set(), "every section is in the example"


def assignment(**fields: Any) -> Assignment:
    return Assignment(
        run_id=1,
        attempt=1,
        task_id=1,
        task_name="task",
        **{
            "executor": "shell",
            "command": "/opt/jobs/daily --fast",
            "arguments": [],
            "environment": {},
            "working_directory": None,
            "timeout_seconds": 100.0,
            "folder": "finance/daily",
            "labels": {"team": "sales"},
        }
        | fields,
    )


@pytest.fixture
def rules(tmp_path: Path) -> OwnerRules:
    file = tmp_path / "worker.toml"
    file.write_text(EXAMPLE)
    return read_rules(file)


def test_what_the_owner_permits_is_run(rules: OwnerRules) -> None:
    environment = {"APP_MODE": "x", "TZ": "UTC"}
    assert refusal(rules, assignment(environment=environment), real_directory="/srv/finance/in") is None
    assert refusal(rules, assignment(executor="http", command='{"url": "http://a/"}'), real_directory=None) is None
    assert refusal(NO_RULES, assignment(folder="", command="rm -rf /"), real_directory="/") is None


@pytest.mark.parametrize(
    ("fields", "directory", "reason"),
    [
        ({"executor": "noop"}, None, "the executor noop is not in [allow] executors (shell, http)"),
        ({"folder": "sales"}, None, "the task's folder sales is not in [allow] folders (finance)"),
        ({"folder": ""}, None, "the task's folder (none) is not in [allow] folders (finance)"),
        ({"labels": {}}, None, "the task needs the label team with one of the values in [allow] labels"),
        ({"command": "df -h; id"}, None, "the command matches no pattern in [allow] commands (/opt/jobs/*, df -h)"),
        ({"environment": {"LD_PRELOAD": "x"}}, None, "the variable LD_PRELOAD is not in [allow] environment"),
        ({}, "/srv/finance2", "the working directory /srv/finance2 is not in [allow] working_directories"),
        ({}, "/etc", "the working directory /etc is not in [allow] working_directories (/srv/finance)"),
    ],
)
def test_each_rule_refuses_and_is_named(
    rules: OwnerRules, fields: dict[str, Any], directory: str | None, reason: str
) -> None:
    assert (refusal(rules, assignment(**fields), real_directory=directory) or "").startswith(reason)


@pytest.mark.parametrize(
    ("command", "permitted"),
    [
        ("/opt/jobs/daily", True),
        ("  /opt/jobs/a.sh --date=2026-01-01,2 +x @f\n", True),
        ("df -h", True),
        ("df -hi", False),
        ("/opt/jobs/../../bin/sh", False),
        ("/opt/jobs/x; id", False),
        ("/opt/jobs/x && id", False),
        ("/opt/jobs/x | sh", False),
        ("/opt/jobs/x\nid", False),
        ("/opt/jobs/x $(id)", False),
        ("/opt/jobs/x `id`", False),
        ("/opt/jobs/$HOME", False),
        ("/opt/jobs/x >/etc/passwd", False),
        ("/opt/jobs/{a,b}", False),
        ("/opt/jobs/~", False),
        ("/opt/jobs/x 'a", False),
        ("/opt/jobs/x \\\n id", False),
        ("/opt/jobs/x\x00", False),
        ("#!/bin/sh\n/opt/jobs/x", False),
        ("X=1 /opt/jobs/x", False),
    ],
)
def test_a_pattern_permits_one_command_and_nothing_behind_it(command: str, permitted: bool) -> None:
    assert is_permitted(command, ("/opt/jobs/*", "df -h")) is permitted


def test_without_a_list_of_variables_permitted_commands_have_none() -> None:
    rules = OwnerRules(allow=AllowRules(commands=("true",)))
    assert refusal(rules, assignment(command="true"), real_directory=None) is None
    reason = refusal(rules, assignment(command="true", environment={"PATH": "/tmp"}), real_directory=None)
    assert reason == "the variable PATH is not in [allow] environment (none)"


@pytest.mark.parametrize(
    ("pattern", "folder", "covers"),
    [
        ("finance", "finance", True),
        ("finance", "finance/daily/x", True),
        ("finance", "finances", False),
        ("finance", "old/finance", False),
        ("*/daily", "sales/daily/x", True),
        ("*/daily", "daily", False),
        ("/", "", True),
        ("/", "any/where", True),
        ("*", "", False),
        ("fin*", "finance", True),
        ("a*c", "a/c", False),
    ],
)
def test_a_folder_covers_what_is_below_it(pattern: str, folder: str, covers: bool) -> None:
    assert is_covered(folder, (pattern,)) is covers


def test_limits_are_lowered_and_said() -> None:
    limits = LimitRules(memory_mb=1024, cpu_seconds=10, open_files=64, timeout_seconds=60)
    low = within_limits(limits, assignment(max_memory_mb=100, max_cpu_seconds=5, max_open_files=20, timeout_seconds=5))
    assert low.notes == []
    assert (low.assignment.max_memory_mb, low.assignment.max_cpu_seconds) == (100, 5)
    high = within_limits(limits, assignment(max_memory_mb=4096))
    assert (high.assignment.max_memory_mb, high.assignment.max_cpu_seconds) == (1024, 10)
    assert (high.assignment.max_open_files, high.assignment.timeout_seconds) == (64, 60)
    assert high.notes == ["this worker limits the run time to 60 s", "this worker limits memory to 1024 MiB"]


def test_a_secret_is_for_the_tasks_in_its_folders(rules: OwnerRules) -> None:
    secrets = Secrets({"DB_PASSWORD": "hunter2", "OTHER": "hunter3"}, task_folders=rules.secrets)
    assert secrets.read("DB_PASSWORD", task_folder="finance/daily") == "hunter2"
    with pytest.raises(SecretError, match=r"tasks in the folder sales, only in finance: move the task"):
        secrets.read("DB_PASSWORD", task_folder="sales")
    with pytest.raises(SecretError, match=r"OTHER is not permitted to any task.*section \[secrets\]"):
        secrets.read("OTHER", task_folder="finance")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[allow", r"is not TOML"),
        ("[allowed]\nx = 1", r"is wrong: \[allowed\]: is not known"),
        ("[limits]\nmemory = 5", r"\[limits\] memory: is not known"),
        ("[limits]\nmemory_mb = 1", r"\[limits\] memory_mb: Input should be greater than or equal to 16"),
        ('[limits]\nmemory_mb = "1"', r"\[limits\] memory_mb: Input should be a valid integer"),
        ('[allow]\nexecutors = "shell"', r"\[allow\] executors: Input should be a valid tuple"),
        ('[http]\ndeny = ["10.0.0.1/8"]', r"\[http\] deny.0: '10.0.0.1/8' is not a network"),
    ],
)
def test_a_wrong_configuration_is_refused_by_its_place(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "worker.toml"
    file.write_text(text)
    with pytest.raises(StartupError, match=reason):
        read_rules(file)


def test_a_configuration_that_others_can_write_or_that_is_absent_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "worker.toml"
    with pytest.raises(StartupError, match="cannot be read: No such file"):
        read_rules(file)
    file.write_text("")
    file.chmod(0o666)
    with pytest.raises(StartupError, match=r"can be written by others than its owner. Run: chmod go-w"):
        read_rules(file)
