"""Models for tests, with the fields that a test does not care about filled in."""

from datetime import UTC, datetime

from shared.enums import RunStatus, RunTrigger
from shared.models.run import Run
from shared.models.task import Task

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def a_run(run_id: int, status: RunStatus = RunStatus.PENDING, *, task_id: int = 1, **fields: object) -> Run:
    """Return a run of the task "Nightly backup"."""
    facts: dict[str, object] = {
        "id": run_id,
        "task_id": task_id,
        "task_name": "Nightly backup",
        "status": status,
        "trigger": RunTrigger.API,
        "queued_at": NOW,
    }
    return Run.model_validate(facts | fields)


def a_task(**fields: object) -> Task:
    """Return the task "Nightly backup"."""
    facts: dict[str, object] = {
        "id": 1,
        "name": "Nightly backup",
        "executor": "shell",
        "task_type": "shell",
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Task.model_validate(facts | fields)
