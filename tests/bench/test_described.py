"""The package's docstring lists what there is to measure."""

import re
from pathlib import Path

from tests import bench
from tests.bench.__main__ import NAMES, ON_REQUEST

_SIZE = re.compile(r'size\("(?P<name>\w+)", (?P<default>[\d_]+)\)')


def _rows() -> list[list[str]]:
    assert bench.__doc__ is not None
    return [line.strip("| ").split(" | ") for line in bench.__doc__.splitlines() if line.startswith("| `")]


def test_each_measure_has_a_row() -> None:
    assert sorted(row[0].strip("`") for row in _rows()) == sorted([*NAMES, *ON_REQUEST])


def test_each_size_is_listed_with_its_default() -> None:
    listed = dict(re.findall(r"\b([A-Z][A-Z_]+) ([\d,]+\d|\d)", "\n".join(" | ".join(row[2:]) for row in _rows())))
    used = {
        found["name"]: f"{int(found['default']):,}"
        for path in Path(__file__).parent.glob("*.py")
        for found in _SIZE.finditer(path.read_text(encoding="utf-8"))
    }
    assert listed == used
