"""Finding tasks among any number: by filters, in pages, counted, by folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Select, Text, any_, bindparam, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.store.paging import PageOfRows, PageRequest, fetch_page
from backend.store.schema import TASK_SEARCH, TASKS
from backend.store.tasks import select_tasks, task_from_row
from shared.enums import Priority, TaskStatus
from shared.models.task import Task
from shared.models.task_overview import TaskFolder

SORTABLE = {
    name: TASKS.c[name]
    for name in (
        "id",
        "name",
        "folder",
        "status",
        "executor",
        "task_type",
        "priority",
        "created_at",
        "updated_at",
        "next_run_at",
    )
}
_UNIQUE = frozenset({"name"})
_OFTEN = 20_000

# An index-only scan of tasks_folder.
FOLDERS = text("select folder, count(*) as tasks from tasks where deleted_at is null group by folder order by folder")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    """Which tasks; a field that is None does not filter."""

    folder: str | None = None
    status: TaskStatus | None = None
    executor: str | None = None
    task_type: str | None = None
    priority: Priority | None = None
    label: tuple[str, str] | None = None
    q: str | None = None
    has_schedule: bool | None = None


def _escaped(pattern: str) -> str:
    return pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


# Up to six pieces of the words, as the index task_search_grams has them, and how many tasks have them all. The
# function's cost, 10000, keeps the planner from working it out for row after row instead.
PIECES = text(
    f"""
    with wanted as (
        select array(
            select gram from unnest(search_grams(lower(cast(:words as text)))) as gram
            where length(gram) = least(length(cast(:words as text)), 3) limit 6) as grams)
    select grams, (
        select count(*) from (
            select from task_search where search_grams(content) @> grams limit {_OFTEN} + 1) as near) as candidates
    from wanted
    """  # noqa: S608
)


async def _says(connection: AsyncConnection, words: str) -> ColumnElement[bool]:
    """Return the condition for tasks whose name or description has the words in it, in any case.

    What is rare is found by its pieces, as an array: joined, PostgreSQL may take a few in their order for less work
    than all, and compare every task with every one found. What is frequent is met soon on the way through the list
    in its order, and so is a single letter.
    """
    pattern = func.concat("%", func.lower(_escaped(words)), "%")
    matching = select(TASK_SEARCH.c.task_id).where(TASK_SEARCH.c.content.like(pattern, escape="\\"))
    if len(words) > 1:
        found = (await connection.execute(PIECES, {"words": words})).one()
        if found.grams and found.candidates <= _OFTEN:
            grams = bindparam(None, found.grams, ARRAY(Text), unique=True)
            near = matching.where(func.search_grams(TASK_SEARCH.c.content).op("@>")(grams))
            return TASKS.c.id == any_(func.array(near.scalar_subquery()))
    return TASKS.c.id.in_(matching)


async def _where(connection: AsyncConnection, query: Select[Any], wanted: TaskFilter) -> Select[Any]:
    for name in ("status", "executor", "task_type"):
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(TASKS.c[name] == value)
    if wanted.folder:
        folder = wanted.folder.strip("/")
        query = query.where(or_(TASKS.c.folder == folder, TASKS.c.folder.like(_escaped(folder) + "/%", escape="\\")))
    if wanted.priority is not None:
        query = query.where(TASKS.c.priority == wanted.priority.level)
    if wanted.label is not None:
        query = query.where(TASKS.c.labels.contains(dict([wanted.label])))
    if wanted.q:
        query = query.where(await _says(connection, wanted.q))
    if wanted.has_schedule is not None:
        query = query.where(TASKS.c.schedule.is_not(None) == wanted.has_schedule)
    return query


async def list_tasks(
    connection: AsyncConnection, wanted: TaskFilter, page: PageRequest
) -> tuple[list[Task], PageOfRows]:
    """Return one page of tasks."""
    found = await fetch_page(
        connection,
        await _where(connection, select_tasks(), wanted),
        row_id=TASKS.c.id,
        sortable=SORTABLE,
        default_sort="name",
        page=page,
        unique=_UNIQUE,
    )
    return [task_from_row(row) for row in found.rows], found


async def count_tasks(connection: AsyncConnection, wanted: TaskFilter) -> int:
    """Return how many tasks there are, however many."""
    counted = select(func.count()).select_from(TASKS).where(TASKS.c.deleted_at.is_(None))
    query = await _where(connection, counted, wanted)
    total: int = (await connection.execute(query)).scalar_one()
    return total


async def folders(connection: AsyncConnection) -> Sequence[TaskFolder]:
    """Return every folder that has tasks of its own, with their number."""
    return [TaskFolder(path=row.folder, tasks=row.tasks) for row in await connection.execute(FOLDERS)]
