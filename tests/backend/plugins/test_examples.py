"""The example packages are built, installed into an environment of their own, and used."""

import asyncio
import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from shared.enums import RunStatus
from tests.system import System

ROOT = Path(__file__).parents[3]
PACKAGES = ROOT / "resources" / "plugins"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that has the examples from their wheels, and Taskdeck with its requirements from here."""
    folder = tmp_path_factory.mktemp("plug-ins")
    wheels = folder / "wheels"
    for package in sorted(PACKAGES.iterdir()):
        if (package / "pyproject.toml").is_file():
            run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(wheels), str(package))
    venv.create(folder / "venv", with_pip=False)
    python = folder / "venv" / "bin" / "python"
    built = [str(wheel) for wheel in wheels.iterdir()]
    assert len(built) == 3
    pip = ("-m", "pip", "--python", str(python), "install", "--quiet", "--no-index", "--no-deps")
    run(sys.executable, *pip, *built)
    site = folder / "venv" / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages"
    paths = f"{ROOT}\n{sysconfig.get_path('purelib')}\n"
    (site / "taskdeck-from-here.pth").write_text(paths, encoding="utf-8")
    return python


def run(*command: str, **variables: str) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=200, env={**os.environ, **variables}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_executor_fulfils_the_contract(environment: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    examples = ("--good", str(tmp_path / "file"), "--failing", "/nowhere", "--lasting", "/dev/zero", "--wrong", "x")
    said = run(str(environment), "-m", "backend.plugins.conformance", "executor", "checksum", *examples)
    assert "13 of 13 checks hold." in said or "12 of 12 checks hold." in said, said


def test_the_strategy_fulfils_the_contract_and_is_chosen_by_its_name(environment: Path) -> None:
    said = run(str(environment), "-m", "backend.plugins.conformance", "strategy", "packing")
    assert "6 of 6 checks hold." in said
    code = (
        "from backend.dispatcher.strategy_choice import load_strategy; from backend.settings import Settings;"
        "print(type(load_strategy(Settings())()).__module__)"
    )
    assert run(str(environment), "-c", code, TASKDECK_STRATEGY="packing").strip() == "taskdeck_packing"


async def test_the_event_consumer_prints_failures_and_goes_on_behind_the_last_one(
    environment: Path, system: System, tmp_path: Path
) -> None:
    await system.add_worker()
    memory = tmp_path / "last"
    program = environment.with_name("taskdeck-failure-lines")
    variables = {**os.environ, "TASKDECK_URL": system.backend.url, "TASKDECK_TOKEN": system.token}

    async def failures_until(task_name: str) -> list[tuple[str, str]]:
        """Start the program, have a run fail, and return the task names and errors that it prints until that run's."""
        printed: list[tuple[str, str]] = []
        process = await asyncio.create_subprocess_exec(
            program, str(memory), stdout=asyncio.subprocess.PIPE, env=variables
        )
        assert process.stdout is not None
        try:
            async with asyncio.timeout(120):
                if not memory.exists():
                    # It is connected once it has remembered an event.
                    task_id = await system.create("first", executor="noop")
                    while not memory.exists():
                        await system.finished((await system.client.trigger_task(task_id)).id)
                failed = await system.run(task_name, command="exit 3")
                assert failed.status is RunStatus.FAILED
                while not printed or printed[-1][0] != task_name:
                    line = json.loads(await process.stdout.readline())
                    printed.append((line["task_name"], line["error"]))
        finally:
            process.terminate()
            await process.wait()
        return printed

    first, second = ("broken", "exit code 3"), ("again", "exit code 3")
    assert await failures_until("broken") == [first]
    # A program that is ended between printing a line and remembering it prints the line again.
    assert await failures_until("again") in ([second], [first, second])


def test_the_examples_import_only_what_is_meant_for_plug_ins() -> None:
    for file in PACKAGES.glob("*/*.py"):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith(("from backend", "from shared", "import backend", "import shared")):
                assert line.startswith("from backend.plugins."), f"{file.name}: {line}"
