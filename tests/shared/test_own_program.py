"""Taskdeck starts itself, whether it is frozen or not."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.own_program import console_command, is_frozen, lasting_command, lasting_path, taskdeck_command
from shared.version import VERSION

Command = Callable[..., list[str]]


@pytest.mark.parametrize("command", [taskdeck_command, lasting_command])
def test_this_python_runs_the_command_line(command: Command) -> None:
    done = subprocess.run(command("version"), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == VERSION


def test_this_python_runs_the_console() -> None:
    done = subprocess.run(console_command("--help"), capture_output=True, text=True, check=True)
    assert "--beside" in done.stdout


def test_an_environment_without_the_script_runs_the_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert lasting_command("up") == [str(tmp_path / "python"), "-m", "backend", "up"]
    (tmp_path / "taskdeck").touch()
    assert lasting_command("up") == [str(tmp_path / "taskdeck"), "up"]
    assert taskdeck_command("up") == [str(tmp_path / "python"), "-m", "backend", "up"]


@pytest.mark.parametrize("name", ["taskdeck", "taskdeck-console", "taskdeck.exe"])
def test_a_frozen_program_starts_those_of_its_folder(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / name))
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    suffix = Path(name).suffix
    assert is_frozen()
    assert taskdeck_command("up", "--headless") == [str(tmp_path / f"taskdeck{suffix}"), "up", "--headless"]
    assert console_command("--beside") == [str(tmp_path / f"taskdeck-console{suffix}"), "--beside"]
    assert lasting_command("up") == taskdeck_command("up")


def test_what_is_stored_names_the_link_that_follows_upgrades(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version = tmp_path / "versions" / "1.0"
    version.mkdir(parents=True)
    (version / "taskdeck").touch()
    monkeypatch.setattr(sys, "executable", str(version / "taskdeck-console"))
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert lasting_command() == [str(version / "taskdeck")], "no link, as in a folder that was copied"
    (tmp_path / "current").symlink_to(version)
    assert lasting_command("up") == [str(tmp_path / "current" / "taskdeck"), "up"]
    assert taskdeck_command("up") == [str(version / "taskdeck"), "up"]
    assert lasting_path(version / "bin" / "pg_dump") == tmp_path / "current" / "bin" / "pg_dump"
    assert lasting_path(Path("/usr/bin/pg_dump")) == Path("/usr/bin/pg_dump")


def test_nothing_else_decides_how_to_start_it() -> None:
    root = Path(__file__).parents[2]
    sources = [path for package in ("backend", "console", "shared") for path in (root / package).rglob("*.py")]
    found = [str(path.relative_to(root)) for path in sources if "sys.executable" in path.read_text(encoding="utf-8")]
    assert sorted(found) == ["backend/worker/executors/python.py", "shared/own_program.py"], (
        "one runs functions of tasks"
    )
