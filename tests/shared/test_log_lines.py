"""Both forms of a log are read, with entries of several lines, and nothing that is no entry is lost."""

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from shared.log_lines import LogLine, LogReader, parse_entry, read_entries

AT = datetime(2026, 3, 1, 8, 0, 0, 250_000, tzinfo=UTC)
_STAMP = "2026-03-01T08:00:00.250000Z"


def _json(**values: object) -> str:
    return json.dumps({"event": "ready", "level": "info", "timestamp": _STAMP, **values})


def test_an_entry_is_read_from_json_and_from_text() -> None:
    assert parse_entry(_json(url="http://x", run_id=7)) == LogLine(
        "ready", AT, "info", {"url": "http://x", "run_id": 7}
    )
    assert parse_entry(f"{_STAMP} [warning  ] ready      url=http://x run_id=7") == LogLine(
        "ready      url=http://x run_id=7", AT, "warning"
    )
    traced = parse_entry(_json(exception="Traceback\n  broken", level="error"))
    assert traced is not None
    assert (traced.detail, traced.fields) == ("Traceback\n  broken", {})


def test_lines_that_begin_no_entry_belong_to_the_one_before() -> None:
    lines = ["lost its begin", f"{_STAMP} [error    ] failed", "Traceback:", "  broken", "", _json(), "{not json"]
    entries = list(read_entries(line + "\n" for line in lines))
    assert [(entry.message, entry.level, entry.detail) for entry in entries] == [
        ("lost its begin", "info", ""),
        ("failed", "error", "Traceback:\n  broken"),
        ("ready", "info", "{not json"),
    ]


def test_an_entry_is_held_back_until_another_begins_or_none_follows() -> None:
    reader = LogReader()
    assert list(reader.feed([_json(event="first")])) == []
    assert [entry.message for entry in reader.feed([_json(event="second")])] == ["first"]
    assert [entry.message for entry in reader.finish()] == ["second"]
    assert list(reader.finish()) == []


def test_an_entry_is_shown_with_its_values() -> None:
    entry = LogLine("request", AT, "info", {"path": "/api/tasks", "account": None, "why": "a b", "ms": 1.5}, "x\ny")
    shown = entry.shown()
    assert shown.startswith(f"{AT.astimezone():%Y-%m-%d %H:%M:%S} info     request  path=/api/tasks")
    assert shown.endswith('  why="a b"  ms=1.5\n    x\n    y')
    assert "account" not in shown
    assert LogLine("x", level="critical").severity > LogLine("x", level="warning").severity
    assert LogLine("x", level="strange").severity == LogLine("x").severity


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_any_text_is_read(lines: list[str]) -> None:
    for entry in read_entries(lines):
        assert isinstance(entry.shown(), str)
        json.dumps(entry.as_json())
