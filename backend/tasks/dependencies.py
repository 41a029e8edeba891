"""The dependencies between tasks, as people set them; `resolve` decides which are satisfied."""

from collections.abc import Sequence

from sqlalchemy import Select, delete, func, literal_column, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.schema import TASK_DEPENDENCIES
from backend.tasks.cycles import find_cycle
from backend.tasks.model import read_names
from shared.errors import ValidationFailedError
from shared.models.task import Dependency, TaskFields

LOCK = text("lock table task_dependencies in share row exclusive mode")


async def lock_dependencies(connection: AsyncConnection) -> None:
    """Lock all dependencies against other changes: two changes at once could close a cycle together."""
    await connection.execute(LOCK)


async def check_upstreams(connection: AsyncConnection, fields: TaskFields, *, task_id: int = 0) -> None:
    """Raise `ValidationFailedError` for an upstream task that does not exist or that would close a cycle.

    `task_id` is 0 for a task that does not exist yet.
    """
    wanted = [edge.task_id for edge in fields.depends_on]
    names = await read_names(connection, wanted)
    missing = [upstream for upstream in wanted if upstream not in names]
    if missing:
        raise ValidationFailedError.of("depends_on", f"task {missing[0]} does not exist")
    edges = await _upstreams_by_task(connection)
    edges.pop(task_id, None)
    cycle = find_cycle(task_id, wanted, edges)
    if cycle is not None:
        cycle_names = {**await read_names(connection, cycle), task_id: fields.name}
        path = " → ".join(cycle_names.get(member, str(member)) for member in cycle)
        raise ValidationFailedError.of("depends_on", f"this would close a cycle: {path}")


async def set_dependencies(connection: AsyncConnection, task_id: int, edges: Sequence[Dependency]) -> None:
    """Replace a task's dependencies.

    One that stays remembers which upstream run it consumed; a new one counts only upstream runs from now on.
    """
    await connection.execute(
        delete(TASK_DEPENDENCIES).where(
            TASK_DEPENDENCIES.c.task_id == task_id,
            TASK_DEPENDENCIES.c.upstream_id.not_in([edge.task_id for edge in edges]),
        )
    )
    newest: Select[tuple[int]] = select(func.coalesce(func.max(literal_column("id")), 0)).select_from(text("runs"))
    for edge in edges:
        values = {"condition": edge.condition, "period": edge.window}
        await connection.execute(
            insert(TASK_DEPENDENCIES)
            .values(task_id=task_id, upstream_id=edge.task_id, consumed_run_id=newest.scalar_subquery(), **values)
            .on_conflict_do_update(index_elements=["task_id", "upstream_id"], set_=values)
        )


async def _upstreams_by_task(connection: AsyncConnection) -> dict[int, list[int]]:
    edges: dict[int, list[int]] = {}
    for task_id, upstream_id in await connection.execute(
        select(TASK_DEPENDENCIES.c.task_id, TASK_DEPENDENCIES.c.upstream_id)
    ):
        edges.setdefault(task_id, []).append(upstream_id)
    return edges
