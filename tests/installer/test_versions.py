"""Versions are installed side by side: what runs stays, what nobody uses goes."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "installer" / "versions.sh"
HOOK = SCRIPT.with_name("hold_version.py")
RUNNING = """
import runpy, signal, sys
sys.executable = sys.argv[1]
runpy.run_path(sys.argv[2])
print("runs", flush=True)
signal.pause()
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="these packages are for Linux")


def versions(action: str, root: Path) -> None:
    subprocess.run([SCRIPT, action, root], check=True, timeout=60)


def unpack(root: Path, build: str) -> None:
    """Do what the package manager does: replace each file of package/."""
    package = root / "package"
    package.mkdir(parents=True, exist_ok=True)
    for name, text in {"build": build, "in-use": "", "taskdeck": f"program of {build}"}.items():
        partial = package / f"{name}.new"
        partial.write_text(text)
        partial.replace(package / name)


@contextmanager
def running(root: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that marks the current version as in use, as a frozen program does."""
    program = (root / "current").resolve() / "taskdeck"
    command = [sys.executable, "-c", RUNNING, str(program), str(HOOK)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "runs\n"
        try:
            yield process
        finally:
            process.terminate()


def names(root: Path) -> set[str]:
    return {path.name for path in (root / "versions").iterdir()}


def test_a_version_in_use_outlives_upgrades_and_goes_when_nothing_runs(tmp_path: Path) -> None:
    root = tmp_path / "a root"
    unpack(root, "1")
    versions("activate", root)
    with running(root):
        unpack(root, "2")
        versions("activate", root)
        assert (root / "current" / "taskdeck").read_text() == "program of 2"
        assert (root / "versions" / "1" / "taskdeck").read_text() == "program of 1"
        unpack(root, "3")
        versions("activate", root)
        assert names(root) == {"1", "3"}, "2 was never used"
    versions("activate", root)
    assert names(root) == {"3"}


def test_activating_the_same_build_again_changes_nothing(tmp_path: Path) -> None:
    unpack(tmp_path, "1")
    versions("activate", tmp_path)
    before = (tmp_path / "versions" / "1" / "taskdeck").stat().st_ino
    versions("activate", tmp_path)
    assert (tmp_path / "versions" / "1" / "taskdeck").stat().st_ino == before
    assert before == (tmp_path / "package" / "taskdeck").stat().st_ino, "by a hard link"


def test_a_removal_ends_what_runs_and_leaves_nothing(tmp_path: Path) -> None:
    unpack(tmp_path, "1")
    versions("activate", tmp_path)
    with running(tmp_path) as process:
        versions("remove", tmp_path)
        assert process.wait(timeout=10) == -signal.SIGTERM
    assert {path.name for path in tmp_path.iterdir()} == {"package"}
