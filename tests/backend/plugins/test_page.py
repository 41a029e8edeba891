"""The page for authors of plug-ins names what exists."""

import importlib.util
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "how-to" / "extend.md").read_text("utf-8")


def test_every_module_that_the_page_names_exists() -> None:
    named = set(re.findall(r"\bbackend(?:\.[a-z_]+)+", PAGE))
    assert {"backend.plugins.executors", "backend.plugins.strategies", "backend.plugins.events"} <= named
    assert [name for name in named if importlib.util.find_spec(name) is None] == []


def test_every_group_of_entry_points_is_one_that_taskdeck_reads() -> None:
    named = set(re.findall(r"`(taskdeck\.[a-z]+)`", PAGE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert named == set(project["entry-points"])


def test_every_example_is_named_and_no_other_is() -> None:
    examples = {folder.name for folder in (ROOT / "resources" / "plugins").iterdir() if folder.is_dir()}
    named = set(re.findall(r"`([a-z]+_[a-z]+)`", PAGE)) - {"least_loaded"}
    assert named == {name for name in examples if not name.startswith("__")}
