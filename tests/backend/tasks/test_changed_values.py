"""Which values of a change the audit log has."""

from typing import Any

import pytest

from backend.tasks.changed_values import changed_values
from shared.models.task import TaskFields
from tests.backend.api.answers import create
from tests.system import System

TASK = {"name": "report", "executor": "shell", "command": "true"}


@pytest.mark.parametrize(
    ("before", "after", "values"),
    [
        ({"schedule": "0 3 * * *"}, {"schedule": "30 3 * * *"}, {"schedule": ["0 3 * * *", "30 3 * * *"]}),
        ({}, {"schedule": "0 3 * * *"}, {"schedule": [None, "0 3 * * *"]}),
        ({}, {"labels": {"team": "ops"}}, {"labels": [{}, {"team": "ops"}]}),
        ({}, {"retry_exit_codes": [3, 4]}, {"retry_exit_codes": [None, [3, 4]]}),
        ({}, {"status": "paused"}, {"status": ["active", "paused"]}),
        # What may hold a secret, and what is long or nested, is named alone.
        ({}, {"environment": {"TOKEN": "hunter2"}, "command": "echo hunter2", "arguments": ["hunter2"]}, {}),
        ({}, {"labels": {f"label-{place}": "x" * 60 for place in range(9)}}, {}),
        ({}, {"depends_on": [{"task_id": 3}]}, {}),
    ],
)
def test_short_values_that_hold_no_secret_are_recorded(
    before: dict[str, Any], after: dict[str, Any], values: dict[str, Any]
) -> None:
    was, now = (TaskFields.model_validate(TASK | fields) for fields in (before, before | after))
    assert changed_values(was, now, sorted(after)) == values


async def test_the_audit_log_says_from_what_to_what(system: System) -> None:
    task = await create(system, name="report", schedule="0 3 * * *", environment={"TOKEN": "hunter2"})
    changed = {"schedule": "30 3 * * *", "environment": {"TOKEN": "hunter3"}}
    assert (await system.http.patch(f"/api/tasks/{task['id']}", json=changed)).status_code == 200
    applied = {"name": "report", "executor": "noop", "schedule": "0 4 * * *", "environment": {}}
    answer = await system.http.post("/api/tasks/apply", json={"tasks": [applied]})
    assert answer.status_code == 200, answer.text
    person = {"username": "anna", "password": "correct horse battery", "role": "viewer"}
    user = (await system.http.post("/api/users", json=person)).json()["data"]
    assert (await system.http.patch(f"/api/users/{user['id']}", json={"role": "operator"})).status_code == 200

    entries = (await system.client.audit()).data
    updates: list[Any] = [one.detail for one in entries if one.action.endswith(".update")]
    assert updates[0] == {"changed": ["role"], "values": {"role": ["viewer", "operator"]}}
    assert updates[1]["values"]["schedule"] == ["30 3 * * *", "0 4 * * *"]
    assert updates[2] == {
        "changed": ["environment", "schedule"],
        "values": {"schedule": ["0 3 * * *", "30 3 * * *"]},
    }
    assert "hunter" not in str(entries)
