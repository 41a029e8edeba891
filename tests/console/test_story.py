"""The whole story on a real display: first start, a task by keyboard, its run and log, a broken backend, and back."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_SECONDS = 240


@pytest.fixture
def display() -> Iterator[str]:
    """A display of the test's own."""
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("Xvfb is not installed; on Debian: apt-get install xvfb")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [program, "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as said:
        number = said.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(timeout=10)


def test_from_first_start_to_a_backend_that_comes_back(display: str, session_folder: Path) -> None:
    folder = session_folder / "story"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "tests.console.story", str(folder)],
        env={**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert done.stdout.split() == ["started", "created", "fired", "read", "lost", "back"], done.stderr[-3000:]
    assert done.returncode == 0
