"""How entries of the audit log are written for a reader."""

from datetime import UTC, datetime

from console.views.audit_log.model import object_words, origin_words
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


def test_a_refused_request_and_a_failed_sign_in_are_named() -> None:
    assert object_words(entry(object_type="request", object_id="GET /api/users")) == "GET /api/users"
    assert object_words(entry(object_type="user", object_id="admin")) == "admin"
    assert object_words(entry(object_type="user", object_id="7", object_name="ann")) == "ann"
