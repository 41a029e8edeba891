"""What a person types into the palette as a verb and its object."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.command_palette.command_text import TypedCommand, Verb, read_command


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("run disk-report", TypedCommand(Verb.RUN, "disk-report")),
        ("  Run   disk report ", TypedCommand(Verb.RUN, "disk report")),
        ("运行 disk-report", TypedCommand(Verb.RUN, "disk-report")),
        ("运行disk-report", TypedCommand(Verb.RUN, "disk-report")),
        ("暂停 夜间备份", TypedCommand(Verb.PAUSE, "夜间备份")),
        ("silence nightly", TypedCommand(Verb.SILENCE, "nightly")),
        ("silence nightly for 2h", TypedCommand(Verb.SILENCE, "nightly", timedelta(hours=2))),
        ("silence nightly 90m", TypedCommand(Verb.SILENCE, "nightly", timedelta(minutes=90))),
        ("静默 nightly 2h", TypedCommand(Verb.SILENCE, "nightly", timedelta(hours=2))),
        ("silence phase 2", TypedCommand(Verb.SILENCE, "phase 2")),  # a number alone is a part of the name
        ("silence 2h", TypedCommand(Verb.SILENCE, "2h")),
        ("cancel all of ledger", TypedCommand(Verb.CANCEL, "ledger")),
        ("cancel all runs of ledger", TypedCommand(Verb.CANCEL, "ledger")),
        ("cancel all-reports", TypedCommand(Verb.CANCEL, "all-reports")),
        ("cancel ledger", TypedCommand(Verb.CANCEL, "ledger")),
        ("取消全部ledger", TypedCommand(Verb.CANCEL, "ledger")),
        ("edit all-reports", TypedCommand(Verb.EDIT, "all-reports")),
        ("run", None),
        ("run ", None),
        ("cancel all of ", None),
        ("runs", None),
        ("running late", None),
        ("", None),
    ],
)
def test_a_verb_and_its_object_are_read(text: str, command: TypedCommand | None) -> None:
    assert read_command(text) == command


@given(st.text(max_size=40))
def test_any_text_is_read_or_is_no_command(text: str) -> None:
    found = read_command(text)
    assert found is None or (found.about and found.about in text)
