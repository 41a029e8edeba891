"""`pip install taskdeck-client`: the same bytes each time, few dependencies, and what the documentation shows of it."""

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from installer.client_package import PACKAGE, dependencies, modules
from tests.installer.test_wheel import EPOCH, ROOT, UV, run
from tests.local_process import LocalProcess


def build(target: Path) -> Path:
    """Return the wheel."""
    command = [sys.executable, "-m", "installer.client_package", str(target)]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH}, check=True, capture_output=True)
    (wheel,) = target.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("client"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a new environment with the client and what it requires."""
    environment = tmp_path_factory.mktemp("installed") / "venv"
    run(UV, "venv", "--quiet", "--python", sys.executable, environment, folder=ROOT)
    found = environment / "bin" / "python"
    run(UV, "pip", "install", "--quiet", "--python", found, "-c", ROOT / "constraints.txt", wheel, folder=ROOT)
    return found


def test_a_second_build_has_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    assert build(tmp_path).read_bytes() == wheel.read_bytes()


def test_it_needs_httpx_and_pydantic_and_nothing_of_the_backend(wheel: Path, python: Path) -> None:
    names = [re.split(r"[<>=]", line)[0] for line in dependencies(modules()[1])]
    assert sorted(names) == ["certifi", "croniter", "httpx", "httpx-sse", "pydantic"]
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
        texts = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".py")]
    assert {top.partition("-")[0] for top in tops} == {PACKAGE}
    of_others = re.compile(r"^\s*(from|import) (shared|backend|console)\b", re.MULTILINE)
    assert not [text for text in texts if of_others.search(text)]
    loaded = run(python, "-c", f"import {PACKAGE}, sys; print(*sys.modules)", folder=python.parent).split()
    assert not {"sqlalchemy", "fastapi", "aio_pika", "PySide6"} & set(loaded)


def examples() -> Iterator[str]:
    """Yield the programs of the page about the client."""
    page = (ROOT / "docs" / "how-to" / "python.md").read_text(encoding="utf-8")
    for block in re.findall(r"(?:^    .*\n|^\n(?=    ))+", page, re.MULTILINE):
        text = re.sub("^    ", "", block, flags=re.MULTILINE)
        if "import" in text:
            yield text


@pytest.mark.parametrize("program", list(examples()))
def test_the_programs_of_the_documentation_run(
    python: Path, local_backend: LocalProcess, tmp_path: Path, program: str
) -> None:
    address = local_backend.address
    with_address = program.replace("https://tasks.example.org", address.url).replace('"TOKEN"', f'"{address.token}"')
    assert with_address != program
    (tmp_path / "program.py").write_text(with_address, encoding="utf-8")
    assert run(python, tmp_path / "program.py", folder=tmp_path).strip() == "succeeded"
