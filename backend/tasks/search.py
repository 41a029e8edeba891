"""Finding tasks among any number: by filters, in pages, counted, by folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, any_, bindparam, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.paging import fetch_page
from backend.database.schema import TASK_SEARCH, TASKS
from backend.pages import PagePosition, PageRequest
from backend.tasks.model import select_tasks, task_from_row
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
OFTEN = 20_000
"""Tasks, above which what is looked for counts as frequent."""

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


_LIKE = "content like '%' || lower(:words) || '%' escape '\\'"
_FEW = "select case when cardinality(ids) <= :often then ids end from found"

# The ids of the tasks that have the words in them, unless they are too many: found by up to six pieces of the words,
# as the index task_search_grams has them. The function's cost, 10000, keeps the planner from working it out for row
# after row instead.
BY_PIECES = text(
    f"""
    with wanted as (
        select array(
            select gram from unnest(search_grams(lower(cast(:plain as text)))) as gram
            where length(gram) = least(length(cast(:plain as text)), 3) limit 6) as grams
    ), found as (
        select array(
            select task_id from task_search
            where search_grams(content) @> (select grams from wanted) and {_LIKE} limit :often + 1) as ids
    )
    {_FEW}
    """  # noqa: S608
)

# The same for a single letter, of which there is no piece: the whole of task_search is read, or its beginning.
BY_LETTER = text(
    f"""
    with found as (select array(select task_id from task_search where {_LIKE} limit :often + 1) as ids)
    {_FEW}
    """  # noqa: S608
)


async def _says(connection: AsyncConnection, words: str) -> ColumnElement[bool]:
    """Return the condition for tasks whose name or description has the words in it, in any case.

    What is rare is found first and handed over as ids. What is frequent is met soon on the way through the list in
    its order. A join would leave the choice to the planner, which knows no word's frequency and with a limit gambles.
    """
    escaped = _escaped(words)
    if len(words) > 1:
        found = await connection.execute(BY_PIECES, {"words": escaped, "plain": words, "often": OFTEN})
    else:
        found = await connection.execute(BY_LETTER, {"words": escaped, "often": OFTEN})
    ids = found.scalar_one()
    if ids is not None:
        return TASKS.c.id == any_(bindparam(None, ids, ARRAY(BigInteger), unique=True))
    content = select(TASK_SEARCH.c.content).where(TASK_SEARCH.c.task_id == TASKS.c.id).scalar_subquery()
    return content.like(func.concat("%", func.lower(escaped), "%"), escape="\\")


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
) -> tuple[list[Task], PagePosition]:
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
