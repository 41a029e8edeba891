"""`pip install taskdeck`: what the packages contain, that they are the same bytes each time, and that they run."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email.parser import Parser
from pathlib import Path

import pytest

from tests.local_process import LocalProcess

ROOT = Path(__file__).parents[2]
PACKAGES = ("backend", "console", "migrations", "resources", "shared")
UV = Path(sys.executable).with_name("uv")
EPOCH = "1700000000"
PYTHONS = os.environ.get("TASKDECK_TEST_PYTHONS", sys.executable).split()
"""The interpreters that the wheel is installed for: this one, or those that `make wheel-test` finds."""


def run(*command: str | Path, folder: Path, environment: dict[str, str] | None = None) -> str:
    """Return the standard output of a command that succeeds."""
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=200
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def tracked() -> list[str]:
    """Return the files of the repository."""
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", folder=ROOT)
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def build(source: Path, target: Path, *, umask: int) -> list[Path]:
    """Build the source distribution, and the wheel from it."""
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "-o", str(target), str(source)],
        env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH},
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return sorted(target.iterdir())


@dataclass(frozen=True)
class Built:
    """The packages, and the tree that they were built from."""

    source: Path
    wheel: Path
    sdist: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("built")
    source = folder / "source"
    for name in tracked():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    wheel, sdist = sorted(build(source, folder / "dist", umask=0o022), key=lambda path: path.suffix != ".whl")
    return Built(source, wheel, sdist)


def test_a_second_build_elsewhere_has_the_same_bytes(built: Built, tmp_path: Path) -> None:
    other = tmp_path / "another place"
    names = sorted((path.relative_to(built.source) for path in built.source.rglob("*") if path.is_file()), reverse=True)
    for name in names:
        (other / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(built.source / name, other / name)
        is_program = (built.source / name).stat().st_mode & 0o100
        (other / name).chmod(0o700 if is_program else 0o600)
    again = build(other, tmp_path / "dist", umask=0o077)
    assert [path.name for path in again] == sorted([built.wheel.name, built.sdist.name])
    for path in again:
        assert path.read_bytes() == (built.wheel.parent / path.name).read_bytes(), path.name


def test_the_wheel_contains_every_file_of_the_packages_and_nothing_else(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    ours = {name for name in tracked() if name.startswith(tuple(f"{package}/" for package in PACKAGES))}
    assert names == {name for name in ours if not name.endswith(".ts")}


def test_the_source_distribution_can_be_tested_and_packaged(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    left_out = {name for name in tracked() if name not in names}
    assert {name for name in left_out if not name.startswith(".github/")} == {".ci/run"}


def test_qt_is_required_by_the_extra_console_only(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        (place,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        requirements = Parser().parsestr(archive.read(place).decode()).get_all("Requires-Dist") or []
    of_qt = [line for line in requirements if line.startswith(("pyside6", "qasync", "pyqtgraph", "numpy"))]
    assert of_qt
    assert all("extra == 'console'" in line for line in of_qt)


@pytest.fixture(params=PYTHONS)
def installed(request: pytest.FixtureRequest, built: Built, session_folder: Path) -> Path:
    """A new environment with the wheel and what it requires; returns its folder of programs.

    It is in a folder that every user can enter: the database of root runs as another user.
    """
    version = run(request.param, "-c", "import sys; print(*sys.version_info[:2], sep='.')", folder=session_folder)
    environment = session_folder / f"python{version.strip()}"
    run(UV, "venv", "-q", "--python", request.param, environment, folder=session_folder)
    wheel, pins = str(built.wheel), str(ROOT / "constraints.txt")
    run(UV, "pip", "install", "-q", "-p", environment / "bin/python", "-c", pins, wheel, folder=session_folder)
    return environment / "bin"


@pytest.fixture
def elsewhere(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A folder outside the repository, and variables that do not lead back to it."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    names = ("PYTHONPATH", "VIRTUAL_ENV", "DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return folder, {name: value for name, value in os.environ.items() if name not in names}


@pytest.fixture
def backend(installed: Path, elsewhere: tuple[Path, dict[str, str]], session_folder: Path) -> Iterator[LocalProcess]:
    """`taskdeck up --headless` of the wheel."""
    folder, environment = elsewhere
    data = session_folder / f"data-{installed.parent.name}"
    process = LocalProcess(data, environment=environment, program=[str(installed / "taskdeck")], folder=folder)
    process.start()
    yield process
    assert process.stop() == 0


@pytest.mark.timeout(300)
def test_an_installation_outside_the_repository_runs_tasks(
    installed: Path, elsewhere: tuple[Path, dict[str, str]], backend: LocalProcess
) -> None:
    folder, environment = elsewhere

    def taskdeck(*arguments: str) -> str:
        program, data = installed / "taskdeck", str(backend.data_dir)
        return run(program, "--data-dir", data, *arguments, folder=folder, environment=environment)

    taskdeck("task", "create", "greet", "-c", "echo good morning")
    assert "good morning" in taskdeck("task", "trigger", "greet", "--wait")
    assert [run["task_name"] for run in json.loads(taskdeck("run", "list", "--task", "greet", "--json"))] == ["greet"]
    taskdeck("doctor")
    assert "taskdeck" in taskdeck("runbook").lower()
    assert f'ExecStart="{installed / "taskdeck"}"' in taskdeck("service", "unit", "backend")
    found = run(installed / "python", "-c", QT, folder=folder, environment=environment)
    assert found.split() == []
    refused = subprocess.run(
        [installed / "taskdeck", "console"], cwd=folder, env={**environment, "DISPLAY": ":7"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert refused.returncode == 1
    assert "pip install 'taskdeck[console]'" in refused.stderr


QT = """
import importlib.util
print(*[name for name in ("PySide6", "numpy", "pyqtgraph", "qasync") if importlib.util.find_spec(name)])
"""
