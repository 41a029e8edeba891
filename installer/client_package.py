"""Builds taskdeck-client, the client alone for other programs: `python -m installer.client_package FOLDER`.

It has `shared.client` and what that imports, as the package `taskdeck_client`: a program that talks to a backend needs
neither its servers nor its database. The console and the command line use the same modules.
"""

import ast
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = "taskdeck_client"
ENTRY = ("shared.client.client", "shared.client.session", "shared.client.sync_client", "shared.models")
"""The modules that users import from; `shared.models` loads its modules by name."""
_PROVIDED_BY = {"pydantic_core": "pydantic"}
"""Modules that come with a dependency of another name."""
_OURS = re.compile(r"\bshared(?=[. ])")
_README = """# taskdeck-client
The client of [Taskdeck](https://taskdeck.dev)'s HTTP API, with types, for programs with and without an event loop.

    from taskdeck_client import SyncTaskdeckClient, TokenAuth

    with SyncTaskdeckClient("https://tasks.example.org", auth=TokenAuth("TOKEN")) as taskdeck:
        run = taskdeck.trigger_task(7)
        print(taskdeck.wait_for_run(run.id).status)
"""


def _path_of(module: str) -> Path | None:
    """Return the file of a module of ours; None for a name within a module."""
    place = ROOT.joinpath(*module.split("."))
    for path in (place / "__init__.py", place.with_suffix(".py")):
        if path.is_file():
            return path
    return None


def _imported(path: Path) -> Iterator[str]:
    """Yield the names of all modules that a file imports, wherever it does."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def modules() -> tuple[dict[str, Path], set[str]]:
    """Return the modules of ours that the client needs, and the names of the packages that provide all others."""
    ours: dict[str, Path] = {}
    others: set[str] = set()
    waiting = list(ENTRY)
    while waiting:
        name = waiting.pop()
        top, _, _ = name.partition(".")
        if top != "shared":
            if top not in sys.stdlib_module_names:
                others.add(_PROVIDED_BY.get(top, top))
            continue
        path = _path_of(name)
        if path is not None and name not in ours:
            ours[name] = path
            waiting += [*_imported(path), name.rpartition(".")[0]] if "." in name else [*_imported(path)]
    return ours, others


def dependencies(others: set[str]) -> list[str]:
    """Return the requirements of the program that provide these modules.

    Raises `SystemExit` for a module that no requirement is named after.
    """
    with (ROOT / "pyproject.toml").open("rb") as file:
        declared = tomllib.load(file)["project"]["dependencies"]
    by_name = {re.split(r"[^\w-]", line)[0].replace("-", "_").lower(): line for line in declared}
    missing = sorted(others - by_name.keys())
    if missing:
        raise SystemExit(f"No dependency of the program is named after {', '.join(missing)}.")
    return sorted(by_name[name] for name in others)


def write_project(folder: Path) -> None:
    """Write the project of the client into an empty folder."""
    ours, others = modules()
    for name, path in ours.items():
        if name == "shared":
            continue
        target = folder / PACKAGE / path.relative_to(ROOT / "shared")
        target.parent.mkdir(parents=True, exist_ok=True)
        text = _OURS.sub(PACKAGE, path.read_text(encoding="utf-8"))
        target.write_text(text.replace('version("taskdeck")', 'version("taskdeck-client")'), encoding="utf-8")
    names = re.search(r"__all__ = \[.*?\]", ours["shared.client"].read_text(encoding="utf-8"), re.DOTALL)
    assert names is not None
    exported = ", ".join(ast.literal_eval(names[0].partition("= ")[2]))
    (folder / PACKAGE / "__init__.py").write_text(
        f'"""A client of Taskdeck\'s HTTP API."""\n\nfrom {PACKAGE}.client import {exported}\n\n{names[0]}\n',
        encoding="utf-8",
    )
    (folder / PACKAGE / "py.typed").touch()
    (folder / "README.md").write_text(_README, encoding="utf-8")
    shutil.copy(ROOT / "LICENSE", folder)
    with (ROOT / "pyproject.toml").open("rb") as file:
        program = tomllib.load(file)["project"]
    needed = "".join(f'    "{line}",\n' for line in dependencies(others))
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling>=1.26"]\nbuild-backend = "hatchling.build"\n\n'
        f'[project]\nname = "taskdeck-client"\nversion = "{program["version"]}"\n'
        'description = "A typed client of Taskdeck\'s HTTP API"\nreadme = "README.md"\n'
        f'license = "{program["license"]}"\nlicense-files = ["LICENSE"]\n'
        f'requires-python = "{program["requires-python"]}"\ndependencies = [\n{needed}]\n\n'
        f'[tool.hatch.build.targets.wheel]\npackages = ["{PACKAGE}"]\n',
        encoding="utf-8",
    )


def main() -> None:
    """Write the source distribution and the wheel into the folder that is named."""
    target = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        write_project(Path(folder))
        build = [sys.executable, "-m", "build", "--no-isolation", "-o", str(target), folder]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - this interpreter


if __name__ == "__main__":
    main()
