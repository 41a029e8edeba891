"""Why a run was skipped, in the language of the console."""

import inspect
import re

import pytest

from backend.scheduling import due
from console.reason_words import reason
from shared.enums import RunStatus
from tests.console.factories import a_run

SENTENCES = re.findall(r'"(Skipped: [^"]+)"', inspect.getsource(due))


def test_the_backend_says_why_it_skips() -> None:
    assert len(SENTENCES) == 2


@pytest.mark.parametrize("sentence", SENTENCES)
def test_each_reason_is_translated(in_chinese: None, sentence: str) -> None:
    words = reason(a_run(1, RunStatus.SKIPPED, error=sentence))
    assert re.findall("[a-z]{4,}", words) == []
    assert words


def test_a_reason_that_is_not_known_is_shown_as_it_is() -> None:
    assert reason(a_run(1, RunStatus.SKIPPED, error="Skipped: who knows.")) == "Skipped: who knows."
