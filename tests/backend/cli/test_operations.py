"""The command line can do all that the API can, and prints every list in four formats."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from backend.cli.main import app
from shared.enums import QueueState
from tests.backend.cli.operations import REASONS, commands
from tests.backend.cli.test_cli import CommandLine
from tests.local_process import LocalProcess
from tests.system import System


@pytest.fixture
def taskdeck(local_backend: LocalProcess, tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path, {"TASKDECK_DATA_DIR": str(local_backend.data_dir)})


async def test_each_operation_has_a_command_or_a_reason(system: System) -> None:
    paths = (await system.http.get("/openapi.json")).json()["paths"]
    operations = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    listed = commands().keys() | REASONS.keys()
    assert sorted(operations - listed) == [], "add a command, or say in operations.py why there is none"
    assert sorted(commands().keys() & REASONS.keys()) == []
    # For browsers, and not in the document.
    pages = {"GET /setup", "GET /api/auth/oidc/start", "GET /api/auth/oidc/callback"}
    assert sorted(listed - operations - pages) == []


def found(words: str) -> Any:
    command: Any = get_command(app)
    for word in words.split():
        command = command.get_command(None, word) if hasattr(command, "get_command") else None
        assert command is not None, f"taskdeck {words} does not exist"
    return command


@pytest.mark.parametrize("words", sorted(set(commands().values())))
def test_each_of_these_commands_exists(words: str) -> None:
    assert not hasattr(found(words), "list_commands"), f"taskdeck {words} is a group"


def all_commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "list_commands"):
        yield " ".join(words), command
        return
    for name in command.list_commands(None):
        if (inner := command.get_command(None, name)) is not None:
            yield from all_commands(inner, (*words, name))


def test_every_list_has_four_formats() -> None:
    lists = {words: command for words, command in all_commands(get_command(app)) if words.endswith("list")}
    assert len(lists) > 15
    for words, command in lists.items():
        options = {name for parameter in command.params for name in parameter.opts}
        assert {"--json", "--output"} <= options, words


def test_a_list_is_printed_in_each_format(taskdeck: CommandLine) -> None:
    names = [task["name"] for task in taskdeck.json("task", "list")]
    for chosen, read in (("json", json.loads), ("yaml", yaml.safe_load)):
        found = read(taskdeck("task", "list", "--output", chosen).stdout)
        assert [task["name"] for task in found] == names
        assert found[0]["labels"] is not None
    rows = list(csv.DictReader(io.StringIO(taskdeck("task", "list", "-o", "csv").stdout)))
    assert [row["name"] for row in rows] == names
    assert all(isinstance(json.loads(row["labels"]), dict) for row in rows)
    assert names[0] in taskdeck("task", "list", "--output", "table").stdout
    assert "xml" in taskdeck("task", "list", "--output", "xml", code=2).stderr


def test_the_backend_and_its_figures_are_shown(taskdeck: CommandLine) -> None:
    assert taskdeck.json("system", "info")["dispatcher"]["active"] is True
    assert taskdeck.json("system", "stats")["workers_online"] == 1
    assert {"shell", "http", "noop", "python"} <= {one["name"] for one in taskdeck.json("system", "executors")}
    assert "in_flight" in taskdeck.json("system", "queues")
    for name in ("queue", "throughput", "workers"):
        taskdeck("system", "history", name, "--for", "10m", "--step", "1m")
        assert "soon" in taskdeck("system", "history", name, "--for", "soon", code=2).stderr


def test_runs_are_created_in_a_batch_and_shown_in_detail(taskdeck: CommandLine) -> None:
    taskdeck("task", "create", "in-batch", "-c", "echo $1", "--folder", "batch/below")
    lines = "\n".join(json.dumps({"task": "in-batch", "arguments": [str(number)]}) for number in range(3))
    created = json.loads(taskdeck("run", "batch", "-f", "-", "--json", text=lines).stdout)
    assert len(created) == 3
    taskdeck("run", "logs", "-f", str(created[0]))
    assert taskdeck.json("run", "inputs", str(created[0]))["arguments"] == ["0"]
    taskdeck("run", "beside", str(created[0]))
    assert "line 1" in taskdeck("run", "batch", "-f", "-", text="x", code=2).stderr
    assert taskdeck("task", "count", "--folder", "batch").stdout == "1\n"
    assert {"path": "batch/below", "tasks": 1} in taskdeck.json("task", "folders")
    assert taskdeck.json("task", "outcomes", "in-batch")[0]["task"] == "in-batch"
    tried = taskdeck("task", "test", "-c", "echo tried; exit 3", code=1)
    assert tried.stdout == "tried\n"
    event = json.loads(taskdeck("events", "--topic", "queues", "--count", "1").stdout)
    assert {"id", "type", "data"} == set(event)
    taskdeck("task", "delete", "in-batch", "--yes")


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("task show disk-u", ["disk-usage-home"]),
        ("run list --task disk-u", ["disk-usage-home"]),
        ("task list --folder examples/m", ["examples/machine"]),
        ("grant add examples/m", ["examples/machine"]),
        ("user role loc", ["local"]),
        ("alert channel test con", ["console"]),
        ("secret delete COMPLE", ["COMPLETED"]),
    ],
)
def test_names_are_completed_by_the_shell(taskdeck: CommandLine, typed: str, completed: list[str]) -> None:
    if "secret" in typed:
        taskdeck("secret", "set", "COMPLETED", text="value")
    words = f"taskdeck {typed}"
    variables = {
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
        "_TASKDECK_COMPLETE": "complete_bash",
    }
    program = Path(sys.executable).with_name("taskdeck")
    found = subprocess.run(
        [program], capture_output=True, text=True, check=False, timeout=120, env=taskdeck.environment | variables
    )
    assert found.stdout.split() == completed, found.stderr


def test_the_queue_is_listed_by_run_and_by_task(taskdeck: CommandLine) -> None:
    taskdeck("task", "create", "clogs", "-c", "true", "--set", "worker_labels={nowhere: yes}")
    lines = "\n".join(json.dumps({"task": "clogs"}) for _ in range(3))
    created = json.loads(taskdeck("run", "batch", "-f", "-", "--json", text=lines).stdout)
    by_run = taskdeck("queue", "list", "--task", "clogs").stdout.splitlines()
    assert [line.split()[:3] for line in by_run[1:]] == [[str(run_id), "clogs", "ready"] for run_id in created]
    assert "nowhere=yes" in by_run[1]
    (by_task,) = taskdeck.json("queue", "tasks", "--name", "clog")
    assert (by_task["counts"]["ready"], by_task["oldest_run_id"]) == (3, created[0])
    head, line = taskdeck("queue", "tasks", "--name", "clog").stdout.splitlines()
    assert head.split() == ["TASK", *(state.upper() for state in QueueState), "OLDEST", "RUN", "REASON"]
    assert line.split()[:2] == ["clogs", "3"]
    assert "nowhere=yes" in line
    taskdeck("task", "delete", "clogs", "--yes")
