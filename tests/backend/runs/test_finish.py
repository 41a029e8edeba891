from dataclasses import fields

from backend.broker.messages import AttemptResult
from backend.runs.finish_statements import RESULT_COLUMNS


def test_every_field_of_a_result_is_stored() -> None:
    assert {field.name for field in fields(AttemptResult)} == {"ending", *RESULT_COLUMNS}
