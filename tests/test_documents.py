"""The documents name files that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PLACE = re.compile(r"`((?:backend|console|shared|tests|migrations|resources|installer|deploy)/[\w./-]*)`")


PAGES = sorted(page.relative_to(ROOT).as_posix() for page in (ROOT / "docs").rglob("*.md"))


@pytest.mark.parametrize("document", ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "SECURITY.md", *PAGES])
def test_every_place_that_a_document_names_exists(document: str) -> None:
    named = PLACE.findall((ROOT / document).read_text(encoding="utf-8"))
    assert [place for place in named if not (ROOT / place).exists()] == []
