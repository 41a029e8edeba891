"""The dependencies between tasks, as people set them; `resolve` decides which are satisfied."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.schema import TASK_DEPENDENCIES
from backend.tasks.cycles import find_cycle
from backend.tasks.model import read_names
from shared.access import Access
from shared.errors import ValidationFailedError
from shared.models.task import Dependency, TaskFields

LOCK = text("lock table task_dependencies in share row exclusive mode")

# By the primary key of task_dependencies.
REMOVE_OTHERS = text(
    """
    delete from task_dependencies d where d.task_id = any(cast(:of as bigint[])) and not exists (
        select from unnest(cast(:task_ids as bigint[]), cast(:upstream_ids as bigint[])) as e (task_id, upstream_id)
        where e.task_id = d.task_id and e.upstream_id = d.upstream_id)
    """
)
# The newest run is one probe of the primary key of runs.
ADD = text(
    """
    insert into task_dependencies (task_id, upstream_id, condition, period, consumed_run_id)
    select e.*, (select coalesce(max(id), 0) from runs)
    from unnest(cast(:task_ids as bigint[]), cast(:upstream_ids as bigint[]), cast(:conditions as text[]),
        cast(:windows as text[])) as e (task_id, upstream_id, condition, "window")
    on conflict (task_id, upstream_id) do update set condition = excluded.condition, period = excluded.period
    """
)


async def lock_dependencies(connection: AsyncConnection) -> None:
    """Lock all dependencies against other changes: two changes at once could close a cycle together."""
    await connection.execute(LOCK)


async def check_upstreams(
    connection: AsyncConnection,
    fields: TaskFields,
    *,
    access: Access,
    task_id: int = 0,
    former: Iterable[Dependency] = (),
) -> None:
    """Raise `ValidationFailedError` for an upstream task that does not exist or that would close a cycle.

    `task_id` is 0 for a task that does not exist yet. Only tasks that a user may read can be added to the `former`
    dependencies.
    """
    wanted = [edge.task_id for edge in fields.depends_on]
    added = set(wanted) - {edge.task_id for edge in former}
    names = await read_names(connection, added, access)
    missing = [upstream for upstream in wanted if upstream in added and upstream not in names]
    if missing:
        raise ValidationFailedError.of("depends_on", f"task {missing[0]} does not exist")
    edges = await read_upstreams(connection)
    cycle = find_cycle([task_id], {**edges, task_id: wanted})
    if cycle is not None:
        cycle_names = {**await read_names(connection, cycle, access), task_id: fields.name}
        path = " → ".join(cycle_names.get(member, str(member)) for member in cycle)
        raise ValidationFailedError.of("depends_on", f"this would close a cycle: {path}")


async def set_dependencies(connection: AsyncConnection, edges_of: Mapping[int, Sequence[Dependency]]) -> None:
    """Replace the dependencies of tasks, given by id.

    One that stays remembers which upstream run it consumed; a new one counts only upstream runs from now on.
    """
    edges = [(task_id, edge) for task_id, those in edges_of.items() for edge in those]
    pairs = {
        "task_ids": [task_id for task_id, _ in edges],
        "upstream_ids": [edge.task_id for _, edge in edges],
    }
    await connection.execute(REMOVE_OTHERS, {**pairs, "of": list(edges_of)})
    if edges:
        await connection.execute(
            ADD,
            {
                **pairs,
                "conditions": [edge.condition for _, edge in edges],
                "windows": [edge.window for _, edge in edges],
            },
        )


async def read_upstreams(connection: AsyncConnection) -> dict[int, list[int]]:
    """Return the ids of the upstream tasks of every task that has some."""
    edges: dict[int, list[int]] = {}
    for task_id, upstream_id in await connection.execute(
        select(TASK_DEPENDENCIES.c.task_id, TASK_DEPENDENCIES.c.upstream_id)
    ):
        edges.setdefault(task_id, []).append(upstream_id)
    return edges
