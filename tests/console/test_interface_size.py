"""The size of the interface: what is remembered, and that a console which starts draws at it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSize

from console import remembered
from console.interface_size import SIZES, chosen_size, fitting_sizes, use_size
from console.memory import Memory
from console.preferences import Preference

KEY = remembered.PREFERENCE.of(Preference.SIZE)
CHOICE = """
from PySide6.QtCore import QCoreApplication
from PySide6.QtCore import QSize

from console import remembered
from console.memory import Memory

QCoreApplication.setApplicationName("Taskdeck")
QCoreApplication.setOrganizationName("Taskdeck")
Memory.of_user().put(remembered.PREFERENCE.of("size"), "{size}")
"""
START = """
from pathlib import Path
import console.start
from console.options import Options

async def shown(application, options):
    print(application.primaryScreen().devicePixelRatio())

console.start._run = shown
console.start.start(Options(data_dir=Path("none")))
"""


@pytest.mark.parametrize(
    ("remembered_text", "size"),
    [("", 100), ("150", 150), ("80", 80), ("200", 200), ("1000", 100), ("75", 100), ("big", 100), ("²", 100)],
)
def test_only_a_size_that_is_offered_is_used(tmp_path: Path, remembered_text: str, size: int) -> None:
    memory = Memory.in_file(tmp_path / "settings.ini")
    memory.put(KEY, remembered_text)
    assert chosen_size(memory) == size


def test_the_usual_size_and_a_scale_of_the_environment_are_left_alone(tmp_path: Path) -> None:
    memory = Memory.in_file(tmp_path / "settings.ini")
    environment: dict[str, str] = {}
    use_size(memory, environment)
    assert environment == {}
    memory.put(KEY, "150")
    use_size(memory, environment)
    assert environment == {"QT_SCALE_FACTOR": "1.5"}
    given = {"QT_SCALE_FACTOR": "3"}
    use_size(memory, given)
    assert given == {"QT_SCALE_FACTOR": "3"}


@pytest.mark.parametrize(
    ("screen", "chosen", "scale", "most"),
    [
        (QSize(2560, 1440), 100, "1", 200),
        (QSize(1920, 1080), 100, "1", 175),
        (QSize(1280, 720), 150, "1.5", 175),
        (QSize(1440, 900), 100, "1", 150),
        (QSize(800, 600), 100, "1", 100),
        (QSize(640, 360), 200, "2", 200),
    ],
)
def test_a_size_at_which_the_window_does_not_fit_the_screen_is_not_offered(
    screen: QSize, chosen: int, scale: str, most: int
) -> None:
    offered = fitting_sizes(screen, chosen, {"QT_SCALE_FACTOR": scale})
    assert (offered[0], offered[-1]) == (SIZES[0], most)
    assert chosen in offered


@pytest.mark.parametrize("size", [SIZES[0], SIZES[-1]])
def test_a_console_starts_at_the_size_that_was_chosen(tmp_path: Path, size: int) -> None:
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    environment.pop("QT_SCALE_FACTOR", None)
    for script in (CHOICE.format(size=size), START):
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
    assert float(done.stdout) == size / 100
