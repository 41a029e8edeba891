"""The versions of tasks, as people read them."""

from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

MOST_VERSIONS = 500

LIST = text(
    """
    select version, changed_by, changed_at, definition from task_versions where task_id = :task_id
    order by version desc limit :most
    """
)
GET = text(
    """
    select version, changed_by, changed_at, definition from task_versions
    where task_id = :task_id and version = :version
    """
)


async def newest(connection: AsyncConnection, task_id: int) -> list[RowMapping]:
    """Return a task's versions, the newest first."""
    rows = await connection.execute(LIST, {"task_id": task_id, "most": MOST_VERSIONS})
    return list(rows.mappings())


async def get(connection: AsyncConnection, task_id: int, version: int) -> RowMapping | None:
    """Return one version, or None."""
    parameters: dict[str, Any] = {"task_id": task_id, "version": version}
    return (await connection.execute(GET, parameters)).mappings().one_or_none()
