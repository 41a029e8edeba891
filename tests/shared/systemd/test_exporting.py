"""Tasks become units that systemd accepts, and that an import reads as the same tasks."""

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shared.models.task import Task, TaskFields
from shared.systemd.exporting import export_timers
from shared.systemd.importing import import_timers
from shared.systemd.unit_file import Unit

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def task(name: str, **fields: Any) -> Task:
    whole = TaskFields(name=name, **{"executor": "shell", "command": "true", "schedule": "0 3 * * *"} | fields)
    return Task(id=7, created_at=NOW, updated_at=NOW, **whole.model_dump())


WHOLE = task(
    "nightly report / finance",
    command="echo \"$1: 100%\" 'it''s'\necho $HOME",
    arguments=["two words", "0755"],
    environment={"MODE": "full scan", "HALF": "50%", "TOKEN": "${secret:TOKEN}"},
    working_directory="/srv/reports",
    run_as="reports",
    schedule="30 2 * * 1-5",
    timezone="Europe/Berlin",
    jitter_seconds=60,
    misfire_policy="skip",
    overlap_policy="skip",
    timeout_seconds=120,
    max_open_files=256,
    max_memory_mb=512,
)


def test_a_task_that_is_exported_and_imported_is_the_same() -> None:
    (exported,) = export_timers([WHOLE])
    assert exported.problem is None
    assert exported.notes == ("variables that are secrets are left out",)

    def unit(name: str) -> Unit:
        found = Unit(name)
        found.read(exported.files[name])
        return found

    (found,) = import_timers(["nightly-report-finance.timer"], unit, timezone="UTC", folder="")
    assert found.problem is None
    for name in (
        "schedule", "timezone", "jitter_seconds", "misfire_policy", "overlap_policy", "timeout_seconds", "run_as",
        "working_directory", "max_open_files",
    ):  # fmt: skip
        assert found.fields[name] == getattr(WHOLE, name), name
    assert found.fields["environment"] == {"MODE": "full scan", "HALF": "50%"}
    ran = [
        subprocess.run(
            ["/bin/sh", "-c", *command], capture_output=True, text=True, check=True, timeout=60, env={"HOME": "/h"}
        ).stdout
        for command in ([str(found.fields["command"])], [WHOLE.command, "sh", *WHOLE.arguments])
    ]
    assert ran[0] == ran[1] == "two words: 100% its\n/h\n"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    tasks = [
        WHOLE.model_copy(update={"run_as": None, "working_directory": "/tmp"}),
        task("every", schedule="every 90s"),
        task("once", schedule="at 2099-01-01T00:00", command="#!/usr/bin/env python3\nprint('x', \"$y\")\n"),
        task("mixed", schedule="0 0 13 * fri"),
        task("hashed", schedule="H H * * 1#1,L5"),
    ]
    for one in export_timers(tasks):
        assert one.problem is None
        for name, text in one.files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
    units = sorted(str(file) for file in tmp_path.iterdir())
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False, timeout=60
    )
    said = [line for line in done.stderr.splitlines() if str(tmp_path) in line]
    assert said == [], done.stderr
    assert len(units) == 10


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"executor": "http"}, "executor http"),
        ({"schedule": None}, "no schedule"),
        ({"schedule": "0 0 15W * *"}, "nearest"),
        ({"command": "x ${secret:TOKEN}"}, "secret"),
        ({"command": "#!/usr/bin/awk -f\n{}"}, "awk"),
    ],
)
def test_a_task_that_has_no_units_says_why(fields: dict[str, Any], says: str) -> None:
    (exported,) = export_timers([task("x", **fields)])
    assert exported.files == {}
    assert says in (exported.problem or "")


def test_names_that_become_the_same_are_numbered() -> None:
    names = [name for one in export_timers([task("a b"), task("a/b")]) for name in one.files]
    assert names == ["a-b.timer", "a-b.service", "a-b-2.timer", "a-b-2.service"]


def test_what_is_lost_is_noted() -> None:
    (exported,) = export_timers(
        [task("x", retry_count=3, status="paused", misfire_policy="fire_all", distribution="broadcast")]
    )
    said = " ".join(exported.notes)
    for words in ("retry_count", "paused", "makes up for one", "broadcast", "has not ended"):
        assert words in said
