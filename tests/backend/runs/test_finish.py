from dataclasses import fields

from backend.broker.messages import AttemptResult
from backend.runs.finish import POLICY_FIELDS, RESULT_COLUMNS
from shared.models.task import TaskFields


def test_every_field_of_a_result_is_stored() -> None:
    assert {field.name for field in fields(AttemptResult)} == {"ending", *RESULT_COLUMNS}


def test_retries_are_decided_by_fields_that_a_task_has() -> None:
    assert set(POLICY_FIELDS) <= set(TaskFields.model_fields)
