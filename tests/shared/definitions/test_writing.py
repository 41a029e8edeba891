"""A file that is written is read as what was written: by version 1.2 of YAML, and by version 1.1."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from shared.definitions.reading import read_definitions
from shared.definitions.writing import write_definitions
from shared.models.definitions import Section
from shared.plain_yaml import load_yaml
from shared.printable_text import is_visible
from tests.fuzzing import fuzzed

_LOOKS_LIKE_ELSE = (
    "no", "NO", "on", "y", "yes", "true", "~", "null", "", "0755", "0o17", "0x1F", "1:30", "190:20:30", "1e3", ".5",
    "1_000", "2026-12-24", "2026-12-24T18:00:00Z", "<<", "=", "- a", "a: b", "# no comment", "@daily", "`x`", "{a}",
    "%d", "&a", "*/5 * * * *", "!x", "|", ">", "? a", "trailing ", " leading", "two\nlines", "ends\n", "\ttab\n x\n",
    "a\n\n\nb\n\n", "'", '"', "\\", "é…😀", "\u2028", "\x85", "日本",
)  # fmt: skip
_TEXTS = st.one_of(
    st.sampled_from(_LOOKS_LIKE_ELSE), st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"))
)
_NAMES = _TEXTS.filter(lambda text: text.strip() != "" and is_visible(text))


@st.composite
def _tasks(draw: st.DrawFn) -> list[dict[str, Any]]:
    names = draw(st.lists(_NAMES.map(str.strip), unique=True, max_size=4))
    return [
        {
            "name": name,
            "command": draw(_TEXTS),
            "arguments": draw(st.lists(_TEXTS, max_size=3)),
            "environment": draw(st.dictionaries(_TEXTS, _TEXTS, max_size=3)),
            "retry_count": draw(st.integers(0, 100)),
            "retry_on_timeout": draw(st.booleans()),
            "description": draw(st.none() | _TEXTS),
        }
        for name in names
    ]


@fuzzed(200)
@given(_tasks())
def test_what_is_written_is_read_as_it_was(tasks: list[dict[str, Any]]) -> None:
    text = write_definitions({Section.TASKS: tasks})
    assert read_definitions(text, source="x").sections[Section.TASKS] == tasks
    assert (yaml.safe_load(text) or {}).get("tasks", []) == tasks


@pytest.mark.parametrize("text", _LOOKS_LIKE_ELSE)
def test_a_text_that_looks_like_something_else_stays_a_text(text: str) -> None:
    written = write_definitions({Section.TASKS: [{"name": "a", "command": text}]})
    assert load_yaml(written)["tasks"][0]["command"] == text
    assert yaml.safe_load(written)["tasks"][0]["command"] == text


def test_a_file_names_its_schema_for_editors_and_writes_scripts_as_blocks() -> None:
    written = write_definitions({Section.TASKS: [{"name": "a", "command": "#!/bin/sh\nexit 0\n"}]}, schema="s.json")
    assert written == (
        "# yaml-language-server: $schema=s.json\ntasks:\n- name: a\n  command: |\n    #!/bin/sh\n    exit 0\n"
    )
