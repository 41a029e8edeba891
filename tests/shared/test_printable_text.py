"""What may stand in one line, and how the rest is written out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.printable_text import escaped, why_unprintable


@pytest.mark.parametrize("text", ["plain", "备份", "naïve – café", "👩‍💻", "می‌خواهم", ""])
def test_letters_of_every_script_are_printable(text: str) -> None:
    assert why_unprintable(text) is None
    assert escaped(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\x1b]0;x\x07", r"a\x1b]0;x\x07"), ("a\nb", r"a\x0ab"), ("a\u202eb", r"a\u202eb"), ("\x9b2J", r"\x9b2J")],
)
def test_control_characters_and_marks_of_direction_are_not(text: str, shown: str) -> None:
    assert why_unprintable(text) is not None
    assert escaped(text) == shown


def test_some_characters_can_stay() -> None:
    assert escaped("a\n\tb\x1b", keep="\n\t") == "a\n\tb\\x1b"


@given(st.text())
def test_what_was_written_out_is_printable(text: str) -> None:
    assert why_unprintable(escaped(text)) is None
