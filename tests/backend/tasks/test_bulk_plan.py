"""Which of many tasks a request changes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from backend.bulk import Refusals, ranges
from backend.tasks.bulk_plan import LockedTask, deletable, why_unchanged, with_labels
from shared.enums import BulkReason, TaskStatus
from shared.models.bulk import BulkTasks, BulkTasksRequest

REQUEST: TypeAdapter[BulkTasks] = TypeAdapter(BulkTasksRequest)
IDS = st.integers(min_value=1, max_value=9)
EDGES = st.dictionaries(IDS, st.sets(IDS, max_size=4), max_size=9)


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({"action": "pause"}, None),
        ({"action": "resume"}, BulkReason.ALREADY_ACTIVE),
        ({"action": "label", "add": {"team": "ops"}}, BulkReason.UNCHANGED),
        ({"action": "label", "remove": ["tier"]}, BulkReason.UNCHANGED),
        ({"action": "label", "add": {"team": "dev"}}, None),
        ({"action": "label", "remove": ["team"]}, None),
        ({"action": "move", "folder": " finance/ "}, BulkReason.UNCHANGED),
        ({"action": "move", "folder": "finance/daily"}, None),
        ({"action": "delete"}, None),
    ],
)
def test_a_task_that_is_as_asked_for_is_not_changed(request_: dict[str, Any], reason: BulkReason | None) -> None:
    task = LockedTask(1, "one", "finance", TaskStatus.ACTIVE, {"team": "ops"}, 1)
    assert why_unchanged(REQUEST.validate_python({**request_, "ids": [1]}), task) is reason


def test_a_paused_task_is_not_paused_again() -> None:
    task = LockedTask(1, "one", "", TaskStatus.PAUSED, {}, 1)
    assert why_unchanged(REQUEST.validate_python({"action": "pause", "ids": [1]}), task) is BulkReason.ALREADY_PAUSED


def test_what_is_added_wins_over_what_is_removed() -> None:
    assert with_labels({"a": "1", "b": "2"}, add={"a": "3"}, remove=["a", "b", "c"]) == {"a": "3"}


@given(st.sets(IDS), EDGES)
def test_what_is_deleted_leaves_no_task_without_its_upstream(asked: set[int], dependents: dict[int, set[int]]) -> None:
    going = deletable(asked, dependents)
    assert going <= asked
    for upstream in going:
        assert dependents.get(upstream, set()) <= going
    # No more could go: each that stays has a dependent that stays.
    staying = asked - going
    for one in staying:
        assert dependents[one] - going
    assert deletable(going, dependents) == going


@given(st.sets(st.integers(min_value=1, max_value=60)))
def test_ids_in_short_are_the_same_ids(ids: set[int]) -> None:
    read: set[int] = set()
    for part in filter(None, ranges(ids).split(", ")):
        first, _, last = part.partition("-")
        read |= set(range(int(first), int(last or first) + 1))
    assert read == ids


def test_consecutive_ids_are_one_range() -> None:
    assert ranges([7, 3, 1, 2]) == "1-3, 7"


def test_thousands_of_ranges_end_where_an_entry_of_the_audit_log_does() -> None:
    words = ranges(range(1, 100_000, 2))
    assert len(words) < 70_000
    assert words.startswith("1, 3, 5, ")
    assert words.endswith(", …")
    assert ranges(range(1, 100_000)) == "1-99999"


def test_all_refusals_are_counted_and_few_are_listed() -> None:
    refusals = Refusals()
    for task_id in range(1, 101):
        refusals.add(BulkReason.ALREADY_PAUSED, task_id, f"task {task_id}")
    refusals.add(BulkReason.GONE, 999)
    first, second = refusals.answer()
    assert (first.reason, first.count, [one.name for one in first.examples]) == (
        BulkReason.ALREADY_PAUSED,
        100,
        [f"task {number}" for number in range(1, 6)],
    )
    assert (second.reason, second.count, second.examples[0].name) == (BulkReason.GONE, 1, "")


@pytest.mark.parametrize(
    "request_",
    [
        {"action": "pause"},
        {"action": "pause", "ids": [1], "filter": {}},
        {"action": "pause", "ids": []},
        {"action": "pause", "ids": [0]},
        {"action": "label", "ids": [1]},
        {"action": "move", "ids": [1], "folder": "a//b"},
        {"action": "undo", "undoes": "pause", "ids": [1, 2], "versions": [1]},
        {"action": "undo", "undoes": "delete", "ids": [1], "versions": [1]},
        {"action": "drop", "ids": [1]},
    ],
)
def test_a_request_that_says_too_little_or_too_much_is_refused(request_: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        REQUEST.validate_python(request_)
