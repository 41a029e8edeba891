"""Run tasks now: one, or many at once."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import Actor, ServiceContext
from backend.database.direct_statement import DirectStatement
from backend.request_claim import hold_claim
from backend.runs.create import NewRun, insert_runs, insert_statement, insert_values
from backend.runs.model import RunChange, RunChangeKind, read_changes, to_run
from backend.runs.outbox import publish
from backend.runs.permissions import check_folder
from backend.runs.refusals import task_not_found
from backend.runs.template import RecentTasks, TaskToRun, tasks_to_run
from shared.enums import Permission, Priority, RunStatus, RunTrigger
from shared.errors import FieldError, ValidationFailedError
from shared.models.run import Run
from shared.models.trigger import BatchItem, TriggerRequest

_RUNS_AT_ONCE = 1000
_MOST_ERRORS = 100
_MOST_NAMES = 10
"""A batch may hold 10,000 runs: as many errors as a person reads."""


_AUDITED = """
    , audited as (
        insert into audit_log
            (actor, user_id, token_id, address, request_id, via, action, object_type, object_id, object_name, detail)
        select :actor, cast(:user_id as bigint), cast(:token_id as bigint), :address, :request_id, :via,
            'task.trigger', 'task', new.task_id::text, t.name, jsonb_build_object('run_id', new.id)
        from new join tasks t on t.id = new.task_id
    )
"""

# The run and its entry in the audit log in one statement: a trigger costs one commit and no transaction block.
INSERT_AND_AUDIT = insert_statement(_AUDITED)

# The same if the task is still what it was in a version: every change of its fields makes a new one. A statement of its
# own, because PostgreSQL would plan one with a condition on a parameter alone each time.
INSERT_UNLESS_CHANGED = insert_statement(
    _AUDITED,
    condition="""exists (
            select from tasks t where t.id = n.task_id and t.version = n.task_version and t.folder = :folder
                and t.deleted_at is null
                and exists (select from task_dependencies d where d.task_id = t.id) = cast(:has_upstreams as boolean))
    """,
)


_INSERT_AND_AUDIT = DirectStatement(INSERT_AND_AUDIT)
_INSERT_UNLESS_CHANGED = DirectStatement(INSERT_UNLESS_CHANGED)


async def trigger(
    context: ServiceContext,
    task_id: int,
    request: TriggerRequest,
    *,
    actor: Actor,
    recent: RecentTasks | None = None,
) -> Run:
    """Run a task now, paused or not; raises `NotFoundError`, and `ForbiddenError` without the permission.

    A task that is among the `recent` ones and has not changed is not read again, which saves a round trip.
    """
    aging = context.settings.priority_aging
    database = context.database
    async with database.statements() if actor.origin.claim is None else database.transaction() as connection:
        await hold_claim(connection, actor)
        created: RunChange | None = None
        known = recent.find(task_id) if recent is not None else None
        if known is not None and actor.access.permits(known.folder, Permission.RUN):
            created = await _insert(connection, known, request, actor=actor, aging=aging, unless_changed=True)
        if created is None:
            task = (await tasks_to_run(connection, [task_id])).get(task_id)
            if task is None:
                raise task_not_found(task_id)
            check_folder(actor.access, task.folder, Permission.RUN, hidden=task_not_found(task_id))
            if recent is not None:
                recent.keep(task)
            created = await _insert(connection, task, request, actor=actor, aging=aging)
    assert created is not None, "an insert without a condition inserts"
    publish(context, [created])
    await asyncio.sleep(0)  # The dispatcher reads the queue while the answer is composed.
    return to_run(created.run)


async def _insert(
    connection: AsyncConnection,
    task: TaskToRun,
    request: TriggerRequest,
    *,
    actor: Actor,
    aging: timedelta,
    unless_changed: bool = False,
) -> RunChange | None:
    """Insert the run that a request asks for and return it; None where the task is not what it was."""
    values = insert_values([_manual_run(task, request)], aging=aging) | audit.origin_values(actor)
    statement = _INSERT_AND_AUDIT
    if unless_changed:
        statement = _INSERT_UNLESS_CHANGED
        values |= {"folder": task.folder, "has_upstreams": task.has_upstreams}
    created = read_changes(RunChangeKind.CREATED, await statement.rows(connection, values))
    return created[0] if created else None


def _manual_run(task: TaskToRun, request: TriggerRequest) -> NewRun:
    is_blocked = task.has_upstreams and not request.ignore_dependencies
    return task.template.run(
        RunTrigger.MANUAL,
        status=RunStatus.BLOCKED if is_blocked else RunStatus.PENDING,
        ignores_limits=request.ignore_limits,
        priority=request.priority,
        arguments=request.arguments,
        environment=request.environment,
    )


async def create_manual_runs(
    connection: AsyncConnection, task_ids: Sequence[int], request: TriggerRequest, *, aging: timedelta
) -> list[RunChange]:
    """Create a run of each of the tasks that a person triggers together."""
    created: list[RunChange] = []
    for start in range(0, len(task_ids), _RUNS_AT_ONCE):
        tasks = await tasks_to_run(connection, task_ids[start : start + _RUNS_AT_ONCE])
        new = [_manual_run(task, request) for _, task in sorted(tasks.items())]
        created += await insert_runs(connection, new, aging=aging)
    return created


async def trigger_batch(context: ServiceContext, items: Sequence[BatchItem], *, actor: Actor) -> list[int]:
    """Create many runs, all or none, in one statement; return their ids in the order given.

    Raises `ForbiddenError` if one of the tasks may not be run.
    """
    async with context.database.transaction() as connection:
        tasks = await tasks_to_run(connection, {item.task_id for item in items})
        readable = {task_id for task_id, task in tasks.items() if actor.access.permits(task.folder, Permission.READ)}
        errors = [
            FieldError(f"runs.{index}.task_id", f"task {item.task_id} does not exist")
            for index, item in enumerate(items)
            if item.task_id not in readable
        ]
        if errors:
            detail = f"{errors[0].field}: {errors[0].message}. No run was created."
            raise ValidationFailedError(detail, errors=errors[:_MOST_ERRORS])
        for folder in sorted({task.folder for task in tasks.values()}):
            actor.access.require(folder, Permission.RUN)
        new = _batch_runs(tasks, items)
        created = await insert_runs(connection, new, aging=context.settings.priority_aging)
        names = sorted(task.name for task in tasks.values())
        await audit.record(
            connection,
            actor=actor,
            action="runs.batch",
            object_type="run",
            object_id=created[0].run.id,
            object_name=names[0] if len(names) == 1 else None,
            detail={"count": len(created)} | ({"tasks": names[:_MOST_NAMES]} if len(names) > 1 else {}),
        )
    publish(context, created)
    return [change.run.id for change in created]


def _batch_runs(tasks: Mapping[int, TaskToRun], items: Sequence[BatchItem]) -> list[NewRun]:
    """Return the run of each item. Those of a task that differ in nothing are one tuple: a batch has thousands."""
    plain: dict[tuple[int, Priority | None], NewRun] = {}
    runs = []
    for item in items:
        is_plain = item.arguments is None and item.environment is None
        run = plain.get((item.task_id, item.priority)) if is_plain else None
        if run is None:
            run = tasks[item.task_id].template.run(
                RunTrigger.API, priority=item.priority, arguments=item.arguments, environment=item.environment
            )
            if is_plain:
                plain[item.task_id, item.priority] = run
        runs.append(run)
    return runs
