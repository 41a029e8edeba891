"""Running a command once before anything is saved."""

from datetime import timedelta
from typing import Any

from backend import audit
from backend.context import Actor, ServiceContext
from backend.events.wakes import WakeReason
from backend.runs.create import insert_runs
from backend.runs.model import run_from_row
from backend.runs.template import RunTemplate
from backend.tasks import model as store
from backend.tasks.change import check_executor
from shared.enums import EventType, RunDistribution, RunTrigger
from shared.models.run import Run
from shared.models.task import TaskFields

KEPT = timedelta(hours=1)
_LONGEST_NAME = 255
_SUFFIX = " (test run)"
_APART: dict[str, Any] = {
    "schedule": None,
    "starts_at": None,
    "ends_at": None,
    "calendar": None,
    "blackouts": [],
    "depends_on": [],
    "retry_count": 0,
    "concurrency_group": None,
    "max_concurrency": None,
    "distribution": RunDistribution.SINGLE,
    "shard_count": None,
    "pause_after_failures": None,
    "late_after_seconds": None,
    "expected_duration_seconds": None,
    "keep_runs": None,
    "keep_days": None,
}
"""What ties a task to a time, to others and to its history: a trial has none of it."""


def test_run_fields(fields: TaskFields) -> TaskFields:
    """Return what a trial of these fields runs: the same command on the same workers, once, by itself."""
    name = fields.name[: _LONGEST_NAME - len(_SUFFIX)] + _SUFFIX
    return fields.model_copy(update=_APART | {"name": name})


class EditorTestRuns:
    """A trial belongs to a task that is about to go: nothing lists it, waits for it or alerts for it."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    async def start(self, fields: TaskFields, *, actor: Actor) -> Run:
        """Run what `fields` say once; the run and its log are kept for an hour.

        Raises `ValidationFailedError` where the executor would not take the command.
        """
        check_executor(fields, self._context.executors)
        tried = test_run_fields(fields)
        async with self._context.database.transaction() as connection:
            task_id = await store.insert_passing_task(connection, tried, kept=KEPT)
            await store.keep_version(connection, task_id, 1, tried, changed_by=actor.name)
            new = RunTemplate.from_definition(tried, task_id, 1).run(RunTrigger.MANUAL)
            rows = await insert_runs(connection, [new], aging=self._context.settings.priority_aging)
            await audit.record(
                connection,
                actor=actor.name,
                action="task.test_run",
                object_type="run",
                object_id=rows[0]["id"],
                object_name=fields.name,
            )
        self._context.signals.wake(WakeReason.RUNS_READY)
        self._context.events.publish_runs(EventType.RUN_CREATED, rows)
        return run_from_row(rows[0])
