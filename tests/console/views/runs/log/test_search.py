from datetime import UTC, datetime

from console.views.runs.log.document import LogDocument
from console.views.runs.log.search import LogSearch
from shared.enums import LogStream

NOW = datetime(2026, 1, 1, tzinfo=UTC)

OUT, ERR = LogStream.STDOUT, LogStream.STDERR


def test_search_finds_every_place_also_while_the_log_grows() -> None:
    document = LogDocument()
    document.append("Error one error\nnothing\n\x1b[31mer\x1b[0mror", OUT, NOW)
    search = LogSearch(document, "error")
    search.step(2)
    assert (list(search.lines), list(search.columns), search.is_done) == ([0, 0], [0, 10], False)
    search.step(100)
    assert list(search.lines) == [0, 0, 2]
    document.append(" and an error", OUT, NOW)
    search.grown()
    search.step(100)
    assert list(zip(search.lines, search.columns, strict=True)) == [(0, 0), (0, 10), (2, 0), (2, 13)]
    assert (search.first_from(1), search.last_until(1)) == (2, 1)
    assert len(LogSearch(document, "")) == 0


def test_capitals_are_heeded_where_they_are_typed() -> None:
    document = LogDocument()
    document.append("Error error\n", OUT, NOW)
    search = LogSearch(document, "Error")
    search.step(1)
    assert list(search.columns) == [0]
