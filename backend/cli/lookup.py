"""Lookup of a task by name or id, and lists over several pages."""

from typing import Any

from shared.client import TaskdeckClient
from shared.errors import NotFoundError
from shared.models.task import Task

_PAGE = 500
"""The API's maximum."""


async def find_task(client: TaskdeckClient, named: str) -> Task:
    """Return the task with this id or this exact name; raises `NotFoundError`, which lists similar names."""
    if named.isdigit():
        return await client.get_task(int(named))
    found = (await client.list_tasks(q=named, limit=_PAGE)).data
    for task in found:
        if task.name == named:
            return task
    near = ", ".join(task.name for task in found[:5])
    raise NotFoundError(f"Task {named!r} does not exist." + (f" Did you mean one of: {near}?" if near else ""))


async def pages(client: TaskdeckClient, path: str, *, limit: int, **params: Any) -> list[dict[str, Any]]:
    """Return up to `limit` objects of a list, as the API returns them, page by page."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while len(found) < limit:
        asked = {**params, "limit": min(_PAGE, limit - len(found)), "cursor": cursor}
        answer = await client.request("GET", path, params=asked)
        found += answer["data"]
        cursor = answer["meta"].get("next_cursor")
        if cursor is None:
            break
    return found
