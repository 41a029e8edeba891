"""Creating, changing and deleting tasks."""

from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import Actor, ServiceContext
from backend.events.wakes import WakeReason
from backend.executor_spec import ExecutorSpec
from backend.runs import concurrency_group_rows as concurrency_groups
from backend.runs.cancel_deleted import end_runs_of_deleted_task
from backend.scheduling import calendar_rows as calendars
from backend.scheduling import due as timing
from backend.scheduling.facts import schedule_facts
from backend.scheduling.reschedule import reschedule
from backend.tasks import model as store
from backend.tasks.cycles import find_cycle
from shared.enums import EventType, TaskStatus
from shared.errors import (
    ConflictError,
    FieldError,
    NotFoundError,
    PreconditionFailedError,
    ValidationFailedError,
)
from shared.models.task import TASK_FIELD_NAMES, Task, TaskFields
from shared.schedule.plain_schedules import OneShot
from shared.schedule.schedule import parse_schedule
from shared.task_checks import field_errors

_TIMING = frozenset(
    {
        "name",
        "status",
        "schedule",
        "timezone",
        "jitter_seconds",
        "starts_at",
        "ends_at",
        "calendar",
        "calendar_policy",
        "blackouts",
    }
)
"""The fields that decide when a task is due; a change of any other leaves a due occurrence alone."""


def checked_fields(values: Mapping[str, Any]) -> TaskFields:
    """Return the fields of a task; raises `ValidationFailedError` that names each one that is wrong."""
    try:
        return TaskFields.model_validate(dict(values))
    except ValidationError as error:
        errors = field_errors(error)
        detail = "; ".join(f"{problem.field}: {problem.message}" for problem in errors)
        raise ValidationFailedError(detail, errors=errors) from error


def fields_of(task: Task) -> TaskFields:
    """Return what a person decided about a stored task."""
    return TaskFields.model_validate(task.model_dump(include=set(TASK_FIELD_NAMES)))


def check_executor(fields: TaskFields, executors: Mapping[str, ExecutorSpec]) -> None:
    """Raise `ValidationFailedError` for an executor that is not known, or a command that it would not take."""
    spec = executors.get(fields.executor)
    if spec is None:
        known = ", ".join(sorted(executors))
        raise ValidationFailedError.of("executor", f"{fields.executor!r} is not known; use one of {known}")
    errors = spec.check(command=fields.command, arguments=fields.arguments)
    if errors:
        detail = "; ".join(f"{error.field}: {error.message}" for error in errors)
        raise ValidationFailedError(detail, errors=errors)


class TaskService:
    """The use cases around a task's definition."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    async def get(self, task_id: int) -> Task:
        """Return a task; raises `NotFoundError`."""
        async with self._context.database.transaction() as connection:
            return await _existing(connection, task_id)

    async def create(self, fields: TaskFields, *, actor: Actor) -> Task:
        """Create a task; raises `ConflictError` where its name is taken."""
        check_executor(fields, self._context.executors)
        async with self._context.database.transaction() as connection:
            await self._check_names(connection, fields)
            if fields.depends_on:
                await store.lock_graph(connection)
                await self._check_upstreams(connection, fields)
            task_id = await store.insert_task(connection, fields)
            if task_id is None:
                raise _name_taken(fields.name)
            await store.keep_version(connection, task_id, 1, fields, changed_by=actor.name)
            if fields.depends_on:
                await store.set_dependencies(connection, task_id, fields.depends_on)
            await reschedule(connection, [task_id], settings=self._context.settings, keeps_due=False)
            await audit.record(
                connection,
                actor=actor.name,
                action="task.create",
                object_type="task",
                object_id=task_id,
                object_name=fields.name,
            )
            task = await _existing(connection, task_id)
            _refuse_times_that_have_passed(task)
        if task.next_run_at is not None:
            self._context.signals.wake(WakeReason.SCHEDULES_CHANGED)
        self._context.events.publish(EventType.TASK_CREATED, [task.masked()])
        return task

    async def replace(self, task_id: int, fields: TaskFields, *, if_match: str | None, actor: Actor) -> Task:
        """Give a task new fields, all of them."""
        return await self._change(task_id, fields.model_dump(), if_match=if_match, actor=actor, action="update")

    async def patch(self, task_id: int, changes: Mapping[str, Any], *, if_match: str | None, actor: Actor) -> Task:
        """Change some of a task's fields."""
        return await self._change(task_id, changes, if_match=if_match, actor=actor, action="update")

    async def pause(self, task_id: int, *, actor: Actor, reason: str | None = None) -> Task:
        """Stop a task's schedule: its occurrences are not due while it is paused."""
        return await self._change(
            task_id, {"status": TaskStatus.PAUSED}, if_match=None, actor=actor, action="pause", reason=reason
        )

    async def resume(self, task_id: int, *, actor: Actor) -> Task:
        """Start a task's schedule again, from now on."""
        return await self._change(task_id, {"status": TaskStatus.ACTIVE}, if_match=None, actor=actor, action="resume")

    async def delete(self, task_id: int, *, if_match: str | None, actor: Actor) -> None:
        """Delete a task and its runs; what runs is asked to end. Raises `ConflictError` if others wait for it."""
        async with self._context.database.transaction() as connection:
            task = await self._locked(connection, task_id, if_match)
            dependents = await store.dependents_of(connection, task_id)
            if dependents:
                verb = "depends" if len(dependents) == 1 else "depend"
                raise ConflictError(
                    f"{task.name} cannot be deleted: {', '.join(dependents)} {verb} on it; "
                    "remove those dependencies first"
                )
            await end_runs_of_deleted_task(connection, task_id)
            await store.mark_deleted(connection, task_id)
            await audit.record(
                connection,
                actor=actor.name,
                action="task.delete",
                object_type="task",
                object_id=task_id,
                object_name=task.name,
            )
        self._context.signals.wake(WakeReason.CANCEL_REQUESTED)
        self._context.events.publish(EventType.TASK_DELETED, [{"id": task.id, "name": task.name}])

    async def upcoming(self, task_id: int, count: int) -> list[datetime]:
        """Return the next `count` times at which the task will be due, jitter included."""
        async with self._context.database.transaction() as connection:
            rows = await timing.timed_tasks(connection, [task_id])
        if not rows:
            raise _no_task(task_id)
        row = rows[0]
        if row["schedule"] is None or row["status"] != TaskStatus.ACTIVE:
            return []
        facts = schedule_facts(row, misfire_grace=self._context.settings.misfire_grace)
        if facts.timing.follows_last_run:
            return [row["next_run_at"]] if row["next_run_at"] else []
        return [facts.due(nominal) for nominal in islice(facts.timing.iterate(row["now"]), count)]

    async def _change(
        self,
        task_id: int,
        changes: Mapping[str, Any],
        *,
        if_match: str | None,
        actor: Actor,
        action: str,
        reason: str | None = None,
    ) -> Task:
        async with self._context.database.transaction() as connection:
            if "depends_on" in changes:
                await store.lock_graph(connection)
            before = await self._locked(connection, task_id, if_match)
            was = fields_of(before)
            fields = checked_fields(was.model_dump() | dict(changes))
            if fields == was:
                return before
            check_executor(fields, self._context.executors)
            await self._check_names(connection, fields)
            if fields.name != was.name and await store.name_is_taken(connection, fields.name, except_for=task_id):
                raise _name_taken(fields.name)
            if fields.depends_on != was.depends_on:
                await self._check_upstreams(connection, fields, task_id=task_id)
                await store.set_dependencies(connection, task_id, fields.depends_on)
            version = await store.update_task(connection, task_id, fields)
            await store.keep_version(connection, task_id, version, fields, changed_by=actor.name)
            changed = sorted(name for name in TASK_FIELD_NAMES if getattr(fields, name) != getattr(was, name))
            if "status" in changed:
                await store.set_paused_reason(connection, task_id, reason)
            if _TIMING.intersection(changed):
                await reschedule(connection, [task_id], settings=self._context.settings, keeps_due=True)
            await audit.record(
                connection,
                actor=actor.name,
                action=f"task.{action}",
                object_type="task",
                object_id=task_id,
                object_name=fields.name,
                detail={"changed": changed} | ({"reason": reason} if reason else {}),
            )
            task = await _existing(connection, task_id)
            if "schedule" in changed:
                _refuse_times_that_have_passed(task)
        self._context.signals.wake(WakeReason.SCHEDULES_CHANGED, task_ids={task_id})
        self._context.events.publish(EventType.TASK_UPDATED, [task.masked()])
        return task

    async def _check_names(self, connection: AsyncConnection, fields: TaskFields) -> None:
        """Refuse a calendar or a concurrency group that does not exist."""
        if fields.calendar is not None and not await calendars.exists(connection, fields.calendar):
            raise ValidationFailedError.of(
                "calendar", f"there is no calendar {fields.calendar!r}; make it first with PUT /api/calendars/NAME"
            )
        if fields.concurrency_group is not None and not await concurrency_groups.exists(
            connection, fields.concurrency_group
        ):
            raise ValidationFailedError.of(
                "concurrency_group",
                f"there is no concurrency group {fields.concurrency_group!r}; "
                "make it first with PUT /api/concurrency-groups/NAME",
            )

    async def _check_upstreams(self, connection: AsyncConnection, fields: TaskFields, *, task_id: int = 0) -> None:
        wanted = [edge.task_id for edge in fields.depends_on]
        names = await store.names_of(connection, wanted)
        missing = [upstream for upstream in wanted if upstream not in names]
        if missing:
            raise ValidationFailedError.of("depends_on", f"there is no task {missing[0]}")
        edges = await store.all_edges(connection)
        edges.pop(task_id, None)
        cycle = find_cycle(task_id, wanted, edges)
        if cycle is not None:
            cycle_names = {**await store.names_of(connection, cycle), task_id: fields.name}
            path = " → ".join(cycle_names.get(member, str(member)) for member in cycle)
            raise ValidationFailedError.of("depends_on", f"this would close a cycle: {path}")

    async def _locked(self, connection: AsyncConnection, task_id: int, if_match: str | None) -> Task:
        task = await store.lock_task(connection, task_id)
        if task is None:
            raise _no_task(task_id)
        if if_match is not None and if_match != "*":
            wanted = {tag.strip().removeprefix("W/") for tag in if_match.split(",")}
            if task.etag not in wanted:
                raise PreconditionFailedError(
                    f"{task.name} was changed since you read it; read it again and repeat your change"
                )
        return task


def _refuse_times_that_have_passed(task: Task) -> None:
    """Raise `ValidationFailedError` where all that a schedule names lies behind: it would be kept and never run."""
    if task.status is not TaskStatus.ACTIVE or task.schedule is None or task.next_run_at is not None:
        return
    if isinstance(parse_schedule(task.schedule, hash_key=task.name), OneShot):
        raise ValidationFailedError.of(
            "schedule",
            f"would never run: of {task.schedule!r} in {task.timezone} no time lies ahead that its bounds, calendar "
            "and blackouts let through; name a later one",
        )


async def _existing(connection: AsyncConnection, task_id: int) -> Task:
    task = await store.get_task(connection, task_id)
    if task is None:
        raise _no_task(task_id)
    return task


def _no_task(task_id: int) -> NotFoundError:
    return NotFoundError(f"There is no task {task_id}; GET /api/tasks lists those there are.")


def _name_taken(name: str) -> ConflictError:
    return ConflictError(
        f"Another task is named {name!r}; choose another name.",
        errors=[FieldError("name", "is taken by another task")],
    )
