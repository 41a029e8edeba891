"""How entries of the audit log are written for a reader."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

import backend
from console.views.audit_log.model import action_words, detail_lines, kind_words, object_words, origin_words
from shared.enums import Via
from shared.models.system import AuditEntry


def entry(**fields: object) -> AuditEntry:
    return AuditEntry.model_validate(
        {
            "id": 1,
            "at": datetime(2026, 11, 29, tzinfo=UTC),
            "actor": "ann",
            "action": "task.create",
            "object_type": "task",
            "object_id": "7",
            **fields,
        }
    )


def test_the_origin_has_a_line_for_each_fact_that_is_known() -> None:
    known = entry(address="192.0.2.1", via=Via.COMMAND_LINE, request_id="abc")
    assert origin_words(known).split("\n") == [
        "User: ann",
        "Address: 192.0.2.1",
        "Program: Command line",
        "Request: abc",
    ]
    assert origin_words(entry()) == "User: ann"


def test_a_change_is_shown_from_what_to_what() -> None:
    detail = {
        "changed": ["command", "schedule", "calendar", "retry_on_timeout"],
        "values": {
            "schedule": ["0 3 * * *", "30 3 * * *"],
            "calendar": [None, "holidays"],
            "retry_on_timeout": [True, False],
            "misfire_policy": ["fire_once", "of a newer backend"],
        },
        "reason": "a later backup",
    }
    assert detail_lines(entry(action="task.update", detail=detail)) == [
        "schedule: 0 3 * * * → 30 3 * * *",
        "calendar: none → holidays",
        "retry after a timeout: yes → no",
        "missed runs: run once → of a newer backend",
        "fields: command",
        "reason: a later backup",
    ]


def test_an_entry_of_an_earlier_backend_names_the_fields() -> None:
    assert detail_lines(entry(action="task.update", detail={"changed": ["command", "schedule"]})) == [
        "fields: command, schedule"
    ]


def test_a_refused_request_and_a_failed_sign_in_are_named() -> None:
    assert object_words(entry(object_type="request", object_id="GET /api/users")) == "GET /api/users"
    assert object_words(entry(object_type="user", object_id="admin")) == "admin"
    assert object_words(entry(object_type="user", object_id="7", object_name="ann")) == "ann"


_AUDITING = [text for file in Path(backend.__file__).parent.rglob("*.py") if "audit." in (text := file.read_text())]
_RECORDED = re.compile(r"audit\.record(?:_each)?\((.*?)\n\s*\)\n", re.DOTALL)


def recorded_types() -> set[str]:
    """Return the types of the objects of entries that the backend writes."""
    return {found for text in _AUDITING for call in _RECORDED.findall(text) for found in _types_in(call)}


def _types_in(call: str) -> list[str]:
    return re.findall(r'object_type="([a-z_ ]+)"', call)


def recorded_actions() -> set[str]:
    """Return the actions, which are literals such as `task.create` also where a function composes the entry."""
    kinds = "|".join([*recorded_types(), "auth", "runs"])
    return {found for text in _AUDITING for found in re.findall(rf'"((?:{kinds})\.[a-z_]+)"', text)}


@pytest.mark.usefixtures("in_english")
def test_a_change_of_several_is_one_line_with_their_number() -> None:
    several = entry(object_type="run", object_id="bulk", detail={"count": 1185, "refused": {"already_ended": 15}})
    assert object_words(several) == "1,185 runs"
    for verb in ("pause", "resume", "label", "move", "delete", "trigger", "undo"):
        assert action_words(f"tasks.{verb}") == action_words(f"task.{verb}") != f"task.{verb}"
    for verb in ("cancel", "retry", "priority", "start_now"):
        assert action_words(f"runs.{verb}") == action_words(f"run.{verb}") != f"run.{verb}"


@pytest.mark.parametrize(
    ("recorded", "words"), [(recorded_actions, action_words), (recorded_types, kind_words)], ids=["actions", "types"]
)
def test_whatever_the_backend_records_has_words(recorded: Callable[[], set[str]], words: Callable[[str], str]) -> None:
    found = recorded()
    assert len(found) > 10
    assert [one for one in sorted(found) if words(one) == one] == []
