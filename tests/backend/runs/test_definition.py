"""The fields that statements read from stored definitions of tasks."""

from pathlib import Path

import backend
from backend.runs.definition import FIELDS
from shared.models.task import TaskFields


def test_every_field_that_a_statement_reads_is_a_field_of_tasks() -> None:
    assert set(FIELDS) <= set(TaskFields.model_fields)


def test_no_other_module_spells_a_field_of_a_definition() -> None:
    sources = Path(backend.__file__).parent.rglob("*.py")
    spelled = {path.name for path in sources if "definition ->" in path.read_text(encoding="utf-8")}
    assert spelled == {"definition.py"}
