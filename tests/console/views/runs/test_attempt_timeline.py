"""The attempts of a run as a person reads them."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtWidgets import QApplication

from console.theme.current import Theme
from console.views.runs.attempt_spans import AttemptSpan
from console.views.runs.attempt_timeline import AttemptTimeline

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def a_span(number: int, *, execution_time_ms: int | None = None) -> AttemptSpan:
    return AttemptSpan(
        number=number,
        queued=NOW,
        dispatched=NOW,
        started=NOW,
        ended=NOW + timedelta(milliseconds=273),
        outcome="failed",
        execution_time_ms=execution_time_ms,
    )


@pytest.mark.parametrize("number", [0, 1, 12345])
def test_no_name_is_cut(qapp: QApplication, number: int) -> None:
    timeline = AttemptTimeline(Theme(qapp))
    timeline.show_spans([a_span(number)])
    name = timeline.words_of(a_span(number)).split(" · ")[0]
    assert timeline.names_width() > timeline.fontMetrics().horizontalAdvance(name)


@pytest.mark.parametrize(("measured", "words"), [(262, "after 262 ms"), (None, "after 273 ms")])
def test_the_time_is_the_one_that_the_worker_measured(qapp: QApplication, measured: int | None, words: str) -> None:
    timeline = AttemptTimeline(Theme(qapp))
    assert words in timeline.words_of(a_span(1, execution_time_ms=measured))
