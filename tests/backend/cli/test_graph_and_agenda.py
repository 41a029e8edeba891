"""`taskdeck graph` and `taskdeck agenda` on a local backend."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.backend.cli.test_cli import CommandLine
from tests.local_process import LocalProcess


@pytest.fixture
def taskdeck(local_backend: LocalProcess, tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path, {"TASKDECK_DATA_DIR": str(local_backend.data_dir)})


def test_the_graph_is_a_tree_of_all_tasks_or_around_one(taskdeck: CommandLine) -> None:
    def make(name: str, *edges: str) -> int:
        made = taskdeck.json("task", "create", name, "-c", "true", "--set", f"depends_on=[{', '.join(edges)}]")
        return int(made["id"])

    top = make("tree-top")
    left = make("tree-left", f"{{task_id: {top}, condition: failure}}")
    make("tree-end", f"{{task_id: {left}}}")
    taskdeck("task", "trigger", "tree-top", "--wait")
    lines = taskdeck("graph").stdout.splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("tree-top"))
    assert lines[at].split()[:2] == ["tree-top", "succeeded"]
    assert lines[at + 1].split()[:4] == ["└─", "tree-left", "failure", "never"]
    assert lines[at + 2].startswith("   └─ tree-end")
    around = taskdeck("graph", "tree-left").stdout
    assert (
        around.index("Depends on") < around.index("tree-top") < around.index("Required by") < around.index("tree-end")
    )
    found = taskdeck.json("graph", "tree-end")
    assert {node["name"] for node in found["nodes"]} == {"tree-top", "tree-left", "tree-end"}
    assert "Task 'tree-none' does not exist." in taskdeck("graph", "tree-none", code=3).stderr
    for name in ("tree-end", "tree-left", "tree-top"):
        taskdeck("task", "delete", name, "--yes")


def test_the_agenda_counts_and_lists_runs_and_occurrences(taskdeck: CommandLine) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
    taskdeck("task", "create", "agenda-task", "-c", "true", "--schedule", "30 7 * * *")
    hours = taskdeck("agenda", str(tomorrow), "--timezone", "UTC").stdout.splitlines()
    assert hours[0].split() == ["FROM", "RUNS", "FAILED", "DUE", "MISSING", "PEAK"]
    assert any(line.startswith("07:00") for line in hours)
    listed = taskdeck("agenda", f"{tomorrow}T07", "--timezone", "UTC", "--each").stdout
    assert f"{tomorrow} 07:30:00" in next(line for line in listed.splitlines() if "agenda-task" in line)
    week = taskdeck.json("agenda", str(tomorrow), "--days", "7", "--timezone", "Asia/Shanghai")
    assert (week["resolution"], len(week["spans"]), week["timezone"]) == ("day", 7, "Asia/Shanghai")
    assert taskdeck("agenda", "2001-01-01").stderr.strip() == "No runs and no occurrences."
    assert "is not a date" in taskdeck("agenda", "soon", code=2).stderr
    assert "unknown time zone" in taskdeck("agenda", "--timezone", "Berlin", code=2).stderr
    taskdeck("task", "delete", "agenda-task", "--yes")
