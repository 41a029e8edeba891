"""Which tasks a filter selects, among any number of tasks."""

from dataclasses import dataclass
from typing import Self

from sqlalchemy import ARRAY, BigInteger, ColumnElement, any_, bindparam, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.folder_conditions import in_folders
from backend.database.like import escape
from backend.database.schema import TASK_SEARCH, TASKS
from shared.access import Access
from shared.enums import Priority, TaskStatus
from shared.folders import normal_folder
from shared.models.task_filter import TaskFilterFields

OFTEN = 20_000
"""Above this many matching tasks, a search condition is evaluated row by row instead of by a list of ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    """Which tasks; a field that is None does not filter."""

    folder: str | None = None
    status: TaskStatus | None = None
    executor: str | None = None
    task_type: str | None = None
    priority: Priority | None = None
    label: tuple[str, str] | None = None
    name: str | None = None
    q: str | None = None
    has_schedule: bool | None = None

    @classmethod
    def of(cls, fields: TaskFilterFields) -> Self:
        """Return the filter of a request."""
        name, separator, value = (fields.label or "").partition(":")
        return cls(
            folder=fields.folder,
            status=fields.status,
            executor=fields.executor,
            task_type=fields.task_type,
            priority=fields.priority,
            label=(name, value) if separator else None,
            name=fields.name,
            q=fields.q,
            has_schedule=fields.has_schedule,
        )


_LIKE = "content like '%' || lower(:words) || '%' escape '\\'"
_FEW = "select case when cardinality(ids) <= :often then ids end from found"

# The ids of the tasks that contain the words, unless there are too many. The index task_search_grams finds them by up
# to six pieces of the words. The function has a cost of 10000, so that the planner does not evaluate it row by row.
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

# The same for a single letter, which has no pieces: a sequential scan of task_search, up to the limit.
BY_LETTER = text(
    f"""
    with found as (select array(select task_id from task_search where {_LIKE} limit :often + 1) as ids)
    {_FEW}
    """  # noqa: S608
)


async def matching(connection: AsyncConnection, wanted: TaskFilter, access: Access) -> list[ColumnElement[bool]]:
    """Return the conditions of a filter, over the columns of `tasks`, and that of what a user may read."""
    conditions = [
        TASKS.c[name] == value
        for name in ("status", "executor", "task_type")
        if (value := getattr(wanted, name)) is not None
    ]
    if not access.reads_all:
        conditions.append(in_folders(TASKS.c.folder, access))
    if wanted.folder:
        folder = normal_folder(wanted.folder)
        conditions.append(or_(TASKS.c.folder == folder, TASKS.c.folder.like(escape(folder) + "/%", escape="\\")))
    if wanted.priority is not None:
        conditions.append(TASKS.c.priority == wanted.priority.level)
    if wanted.label is not None:
        conditions.append(TASKS.c.labels.contains(dict([wanted.label])))
    if wanted.q:
        conditions.append(await _contains(connection, wanted.q))
    if wanted.name is not None:
        conditions.append(TASKS.c.name == wanted.name.strip())
    if wanted.has_schedule is not None:
        conditions.append(TASKS.c.schedule.is_not(None) == wanted.has_schedule)
    return conditions


async def _contains(connection: AsyncConnection, words: str) -> ColumnElement[bool]:
    """Return the condition for tasks whose name or description contains the words, in any case.

    Rare words are found first, and become a list of ids. Frequent ones are met soon when the list is read in its
    order. A join would leave this choice to the planner, which does not know how frequent words are.
    """
    escaped = escape(words)
    if len(words) > 1:
        found = await connection.execute(BY_PIECES, {"words": escaped, "plain": words, "often": OFTEN})
    else:
        found = await connection.execute(BY_LETTER, {"words": escaped, "often": OFTEN})
    ids = found.scalar_one()
    if ids is not None:
        return TASKS.c.id == any_(bindparam(None, ids, ARRAY(BigInteger), unique=True))
    content = select(TASK_SEARCH.c.content).where(TASK_SEARCH.c.task_id == TASKS.c.id).scalar_subquery()
    return content.like(func.concat("%", func.lower(escaped), "%"), escape="\\")
