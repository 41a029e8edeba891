"""The units for servers: what systemd says of them, and that what they name exists."""

import importlib.resources
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from backend.setting_sources import SECRET_SETTINGS
from backend.settings import Settings

NAMES = ("backend", "worker")
MOST_EXPOSED = {"backend": 20, "worker": 40}
"""In tenths, by the scale of systemd-analyze, where a service without any protection has 96."""


def unit(name: str) -> str:
    command = [sys.executable, "-m", "backend", "service", "unit", name]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.mark.parametrize("name", NAMES)
def test_systemd_accepts_the_unit_and_finds_it_protected(name: str, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    file = tmp_path / f"taskdeck-{name}.service"
    file.write_text(unit(name))
    checked = subprocess.run([analyze, "verify", str(file)], capture_output=True, text=True, check=False, timeout=60)
    assert (checked.returncode, checked.stderr) == (0, "")
    most = MOST_EXPOSED[name]
    judged = subprocess.run(
        [analyze, "security", "--offline=true", f"--threshold={most}", "--no-pager", str(file)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert judged.returncode == 0, judged.stdout[-200:]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_unit_names_exists_and_no_secret_is_in_its_environment(name: str) -> None:
    text = unit(name)
    assert "@TASKDECK@" not in text
    variables = dict(re.findall(r"^Environment=TASKDECK_(\w+)=(.*)$", text, re.MULTILINE))
    assert variables
    for variable, value in variables.items():
        setting = variable.lower().removesuffix("_file") if "%d/" in value else variable.lower()
        assert setting in Settings.model_fields
        assert setting not in SECRET_SETTINGS or variable.endswith("_FILE")
    credentials = set(re.findall(r"^LoadCredential=([\w-]+):", text, re.MULTILINE))
    assert credentials == {value.removeprefix("%d/") for value in variables.values() if value.startswith("%d/")}
    start = re.findall(r"^ExecStart=\S+ (.*)$", text, re.MULTILINE)[0].split()
    options = [word for word in start if word.startswith("--")]
    helped = subprocess.run(
        [sys.executable, "-m", "backend", start[0], "--help"], capture_output=True, text=True, check=True, timeout=60
    )
    assert all(option in helped.stdout for option in options)


def capabilities() -> list[str]:
    """Return what the worker's unit leaves to a worker of root, without the prefix."""
    text = importlib.resources.files("resources").joinpath("systemd", "taskdeck-worker.service").read_text("utf-8")
    (found,) = re.findall(r"^CapabilityBoundingSet=(.+)$", text, re.MULTILINE)
    return [name.removeprefix("CAP_").lower() for name in str(found).split()]
