from datetime import UTC, datetime

import pytest

from console.views.tasks.field_texts import read_arguments, read_pairs
from console.views.tasks.form import changes, next_times, read_texts, texts_of
from shared.models.task import Task

NOW = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
TASK = Task(
    id=7,
    name="nightly",
    executor="shell",
    task_type="shell",
    command="tar c /srv",
    arguments=["two words", "it's"],
    environment={"A": "1=2", "B": ""},
    schedule="0 3 * * *",
    timezone="Europe/Berlin",
    max_concurrency=2,
    created_at=NOW,
    updated_at=NOW,
)


def test_what_a_task_shows_reads_back_as_the_task() -> None:
    fields, errors = read_texts(texts_of(TASK))
    assert errors == {}
    assert fields["arguments"] == TASK.arguments
    assert fields["environment"] == TASK.environment
    assert fields["max_concurrency"] == 2
    assert changes(fields, fields) == {}


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("name", "  ", "Enter a name"),
        ("schedule", "61 * * * *", "minute"),
        ("schedule", "0 0 30 2 *", "No such date"),
        ("timezone", "Mars/Olympus", "does not exist"),
        ("timeout_seconds", "-1", "such as 90s"),
        ("timeout_seconds", "0", "Enter 1s or more"),
        ("timeout_seconds", "8d", "Enter 7d or less"),
        ("timeout_seconds", "soon", "such as 90s"),
        ("retry_count", "1.5", "whole number"),
        ("environment", "1A=x", "is not a variable name"),
        ("environment", "just words", "Line 1 is not NAME=value"),
        ("arguments", "'open", "Close it"),
        ("folder", "a//b", "without empty parts"),
    ],
)
def test_a_wrong_text_is_named_with_what_would_be_right(name: str, text: str, says: str) -> None:
    _, errors = read_texts({**texts_of(TASK), name: text})
    assert list(errors) == [name]
    assert says in errors[name]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("environment", "1A=x\nB=y\n2C=z", ["'1A' is not", "'2C' is not"]),
        ("environment", "one\nB=y\ntwo", ["Line 1 is", "Line 3 is"]),
        ("blackouts", "never\nalways", ["Line 1: write", "Line 2: write"]),
        ("depends_on", "nobody\n#7: sometimes", ["task nobody", "sometimes is not"]),
        ("environment", "\n".join(f"{number}A=x" for number in range(9)), ["'0A'", "'4A'", "And 4 more."]),
    ],
)
def test_every_wrong_line_is_named(name: str, text: str, says: list[str]) -> None:
    _, errors = read_texts({**texts_of(TASK), name: text})
    lines = errors[name].splitlines()
    assert all(any(words in line for line in lines) for words in says)
    assert len(lines) == len(says) or len(lines) == 6


def test_an_empty_limit_means_no_limit() -> None:
    fields, errors = read_texts({**texts_of(TASK), "max_concurrency": ""})
    assert (fields["max_concurrency"], errors) == (None, {})


def test_only_what_differs_is_sent() -> None:
    before, _ = read_texts(texts_of(TASK))
    after, _ = read_texts({**texts_of(TASK), "priority": "high", "labels": "team=ops"})
    assert changes(before, after) == {"priority": "high", "labels": {"team": "ops"}}


def test_next_times_are_in_the_zone_and_right_over_a_clock_change() -> None:
    times = next_times({"schedule": "30 2 * * *", "timezone": "Europe/Berlin", "name": "nightly"}, count=2, now=NOW)
    assert [f"{at:%Y-%m-%d %H:%M %Z}" for at in times] == ["2026-03-29 03:00 CEST", "2026-03-30 02:30 CEST"]


def test_a_wrong_schedule_has_no_times() -> None:
    with pytest.raises(ValueError, match="minute"):
        next_times({"schedule": "99 * * * *", "timezone": "UTC", "name": "x"}, count=1, now=NOW)
    with pytest.raises(ValueError, match="Nowhere"):
        next_times({"schedule": "* * * * *", "timezone": "Nowhere/At_All", "name": "x"}, count=1, now=NOW)


def test_pairs_and_arguments_read_as_a_shell_would() -> None:
    assert read_pairs("A=1\n\n B =x=y\n") == {"A": "1", "B": "x=y"}
    assert read_arguments("""one 'two words' "three" """) == ["one", "two words", "three"]
