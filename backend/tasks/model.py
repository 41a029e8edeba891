"""Tasks, their versions and the edges between them; `task_listing` finds them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    RowMapping,
    Select,
    delete,
    func,
    insert,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.schema import TASK_DEPENDENCIES, TASK_VERSIONS, TASKS
from backend.runs.of_task import newest_first, runs_of
from shared.enums import DependencyCondition, DependencyWindow, Priority, RunStatus
from shared.models.task import Dependency, LastRun, Task, TaskFields

_UNREAD = ("deleted_at", "next_occurrence_at", "schedule_since", "missed_at")

_DEPENDS_ON = """
    (select coalesce(jsonb_agg(jsonb_build_object('task_id', d.upstream_id, 'condition', d.condition,
        'window', d.period) order by d.upstream_id), '[]')
     from task_dependencies d where d.task_id = tasks.id)
"""
# The newest run of a task, by one probe of the index runs_by_task.
_LAST_RUN = f"""
    (select jsonb_build_object('id', r.id, 'status', r.status, 'started_at', r.started_at,
        'completed_at', r.completed_at, 'execution_time_ms', r.execution_time_ms)
     from runs r where {runs_of("tasks.id")} and r.fan_out_run_id is null order by {newest_first()} limit 1)
"""  # noqa: S608


def task_from_row(row: Mapping[str, Any]) -> Task:
    """Return the task of a row of `select_tasks`."""
    fields = dict(row)
    last_run = fields.pop("last_run")
    return Task(
        **{name: value for name, value in fields.items() if name not in ("priority", "depends_on")},
        priority=Priority.from_level(fields["priority"]),
        depends_on=[
            Dependency(
                task_id=edge["task_id"],
                condition=DependencyCondition(edge["condition"]),
                window=DependencyWindow(edge["window"]),
            )
            for edge in fields["depends_on"]
        ],
        last_run=LastRun.model_validate(last_run | {"status": RunStatus(last_run["status"])}) if last_run else None,
    )


def select_tasks() -> Select[Any]:
    """Return the query for all of every task that was not deleted."""
    return select(
        *(column for column in TASKS.c if column.name not in _UNREAD),
        literal_column(_DEPENDS_ON).label("depends_on"),
        literal_column(_LAST_RUN).label("last_run"),
    ).where(TASKS.c.deleted_at.is_(None))


def _columns(fields: TaskFields) -> dict[str, Any]:
    values = fields.model_dump(exclude={"depends_on"})
    blackouts = [window.model_dump(mode="json", exclude_none=True) for window in fields.blackouts]
    return values | {"priority": fields.priority.level, "blackouts": blackouts}


async def get_task(connection: AsyncConnection, task_id: int) -> Task | None:
    """Return a task, or None."""
    row = (await connection.execute(select_tasks().where(TASKS.c.id == task_id))).mappings().one_or_none()
    return task_from_row(row) if row else None


# What a run takes over from its task, by the primary key: a trigger reads no more than that.
TO_RUN = text(
    """
    select t.version, t.priority, t.task_type, t.worker_labels, t.max_concurrency, t.concurrency_group,
        t.distribution, t.queue_timeout_seconds,
        exists (select from task_dependencies d where d.task_id = t.id) as has_edges
    from tasks t where t.id = :task_id and t.deleted_at is null
    """
)


async def task_to_run(connection: AsyncConnection, task_id: int) -> RowMapping | None:
    """Return what a new run takes over from a task, and whether it waits for others; None where there is no task."""
    return (await connection.execute(TO_RUN, {"task_id": task_id})).mappings().one_or_none()


async def get_tasks(connection: AsyncConnection, task_ids: Iterable[int]) -> dict[int, Task]:
    """Return the tasks of these ids that exist."""
    rows = await connection.execute(select_tasks().where(TASKS.c.id.in_(set(task_ids))))
    return {row["id"]: task_from_row(row) for row in rows.mappings()}


async def lock_task(connection: AsyncConnection, task_id: int) -> Task | None:
    """Return a task and hold off other changes to it until the transaction ends."""
    query = select(TASKS.c.id).where(TASKS.c.id == task_id, TASKS.c.deleted_at.is_(None)).with_for_update()
    if (await connection.execute(query)).scalar_one_or_none() is None:
        return None
    return await get_task(connection, task_id)


async def insert_task(connection: AsyncConnection, fields: TaskFields) -> int | None:
    """Insert a task as version 1 and return its id, or None where the name is taken."""
    statement = (
        postgresql_insert(TASKS)
        .values(**_columns(fields), version=1, created_at=func.now(), updated_at=func.now())
        .on_conflict_do_nothing()
        .returning(TASKS.c.id)
    )
    task_id: int | None = (await connection.execute(statement)).scalar_one_or_none()
    return task_id


async def insert_passing_task(connection: AsyncConnection, fields: TaskFields, *, kept: timedelta) -> int:
    """Insert a task that nothing sees, because it is deleted already; it is purged when `kept` is over."""
    statement = (
        insert(TASKS)
        .values(
            **_columns(fields),
            version=1,
            created_at=func.now(),
            updated_at=func.now(),
            deleted_at=func.now() + kept,
        )
        .returning(TASKS.c.id)
    )
    task_id: int = (await connection.execute(statement)).scalar_one()
    return task_id


async def name_is_taken(connection: AsyncConnection, name: str, *, except_for: int) -> bool:
    """Whether another task has the name."""
    query = select(TASKS.c.id).where(TASKS.c.name == name, TASKS.c.deleted_at.is_(None), TASKS.c.id != except_for)
    return (await connection.execute(query)).first() is not None


async def update_task(connection: AsyncConnection, task_id: int, fields: TaskFields) -> int:
    """Change a task, count its version up and return it."""
    statement = (
        update(TASKS)
        .where(TASKS.c.id == task_id)
        .values(**_columns(fields), version=TASKS.c.version + 1, updated_at=func.now())
        .returning(TASKS.c.version)
    )
    version: int = (await connection.execute(statement)).scalar_one()
    return version


async def set_paused_reason(connection: AsyncConnection, task_id: int, reason: str | None) -> None:
    """Remember why a task was paused; None where a person did it, or it runs."""
    await connection.execute(update(TASKS).where(TASKS.c.id == task_id).values(paused_reason=reason))


async def keep_version(
    connection: AsyncConnection, task_id: int, version: int, fields: TaskFields, *, changed_by: str
) -> None:
    """Keep what a task was at a version: runs made from it hold that number."""
    await connection.execute(
        insert(TASK_VERSIONS).values(
            task_id=task_id,
            version=version,
            definition=fields.model_dump(mode="json"),
            changed_by=changed_by,
            changed_at=func.now(),
        )
    )


async def definitions(
    connection: AsyncConnection, versions: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], TaskFields]:
    """Return what tasks were at the versions given as (task, version)."""
    wanted = sorted(set(versions))
    rows = await connection.execute(
        text(
            """
            select v.task_id, v.version, v.definition from task_versions v
            join unnest(cast(:task_ids as bigint[]), cast(:versions as integer[])) as w (task_id, version)
            on v.task_id = w.task_id and v.version = w.version
            """
        ),
        {"task_ids": [task for task, _ in wanted], "versions": [version for _, version in wanted]},
    )
    return {(row.task_id, row.version): TaskFields.model_construct(**row.definition) for row in rows}


async def set_dependencies(connection: AsyncConnection, task_id: int, edges: Sequence[Dependency]) -> None:
    """Replace a task's edges; one that stays remembers what it consumed, a new one begins now."""
    await connection.execute(
        delete(TASK_DEPENDENCIES).where(
            TASK_DEPENDENCIES.c.task_id == task_id,
            TASK_DEPENDENCIES.c.upstream_id.not_in([edge.task_id for edge in edges]),
        )
    )
    for edge in edges:
        newest: Select[tuple[int]] = select(func.coalesce(func.max(literal_column("id")), 0)).select_from(text("runs"))
        values = {
            "condition": edge.condition,
            "period": edge.window,
        }
        await connection.execute(
            postgresql_insert(TASK_DEPENDENCIES)
            .values(task_id=task_id, upstream_id=edge.task_id, consumed_run_id=newest.scalar_subquery(), **values)
            .on_conflict_do_update(index_elements=["task_id", "upstream_id"], set_=values)
        )


async def all_edges(connection: AsyncConnection) -> dict[int, list[int]]:
    """Return each task's upstreams."""
    edges: dict[int, list[int]] = {}
    for row in await connection.execute(select(TASK_DEPENDENCIES.c.task_id, TASK_DEPENDENCIES.c.upstream_id)):
        edges.setdefault(row.task_id, []).append(row.upstream_id)
    return edges


async def lock_graph(connection: AsyncConnection) -> None:
    """Hold off other changes to edges: two of them at once could close a cycle together."""
    await connection.execute(text("lock table task_dependencies in share row exclusive mode"))


async def names_of(connection: AsyncConnection, task_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of the tasks of these ids that exist."""
    query = select(TASKS.c.id, TASKS.c.name).where(TASKS.c.id.in_(set(task_ids)), TASKS.c.deleted_at.is_(None))
    return {row.id: row.name for row in await connection.execute(query)}


async def dependents_of(connection: AsyncConnection, task_id: int) -> list[str]:
    """Return the names of the tasks that wait for this one."""
    query = (
        select(TASKS.c.name)
        .join(TASK_DEPENDENCIES, TASK_DEPENDENCIES.c.task_id == TASKS.c.id)
        .where(TASK_DEPENDENCIES.c.upstream_id == task_id, TASKS.c.deleted_at.is_(None))
        .order_by(TASKS.c.name)
    )
    return list((await connection.execute(query)).scalars())


async def mark_deleted(connection: AsyncConnection, task_id: int) -> None:
    """Take a task out of sight and out of the schedule; its rows are purged later."""
    await connection.execute(
        update(TASKS)
        .where(TASKS.c.id == task_id)
        .values(deleted_at=func.now(), next_occurrence_at=None, next_run_at=None, updated_at=func.now())
    )
    await connection.execute(delete(TASK_DEPENDENCIES).where(TASK_DEPENDENCIES.c.task_id == task_id))


async def purge_deleted(connection: AsyncConnection, *, batch: int) -> int:
    """Remove up to `batch` runs of deleted tasks, then tasks without runs; return how many rows went.

    A run that a worker still holds stays until it has ended.
    """
    runs = await connection.execute(
        text(
            """
            with gone as (
                delete from runs where id in (
                    select r.id from runs r join tasks t on t.id = r.task_id
                    where t.deleted_at <= now() and r.status not in ('dispatched', 'running')
                    limit :batch)
                returning id
            ), logs as (
                delete from log_chunks where run_id in (select id from gone)
            )
            select count(*) from gone
            """
        ),
        {"batch": batch},
    )
    removed: int = runs.scalar_one()
    if removed == 0:
        tasks = await connection.execute(
            text(
                """
                delete from tasks where deleted_at <= now()
                    and not exists (select from runs where runs.task_id = tasks.id)
                """
            )
        )
        removed = tasks.rowcount
    return removed
