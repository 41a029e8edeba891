"""What a backend has, as a file: the same on each backend that has the same."""

from datetime import UTC, datetime

from shared.definitions.export import exported_task
from shared.models.task import Task

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_the_order_of_dependencies_is_that_of_names_on_every_backend() -> None:
    def exported(ids: dict[str, int]) -> object:
        edges = [{"task_id": ids["a"]}, {"task_id": ids["b"], "condition": "failure"}]
        task = Task.model_validate(
            {
                "id": 1,
                "name": "after",
                "task_type": "shell",
                "executor": "shell",
                "created_at": NOW,
                "updated_at": NOW,
                "depends_on": sorted(edges, key=str),
            }
        )
        return exported_task(task, {number: name for name, number in ids.items()})["depends_on"]

    assert (
        exported({"a": 7, "b": 8})
        == exported({"a": 9, "b": 8})
        == [{"task": "a"}, {"task": "b", "condition": "failure"}]
    )
