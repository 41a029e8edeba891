"""Lookup of a task by name or id, and lists over several pages."""

from typing import Any

from shared.client import TaskdeckClient
from shared.errors import NotFoundError
from shared.models.task import Task

_PAGE = 500
"""The API's maximum."""

_NEAR = 5
"""Similar names in the message of a task that is not found."""


async def find_task(client: TaskdeckClient, named: str) -> Task:
    """Return the task with this exact name or, where no name is a number like it, with this id.

    Raises:
        NotFoundError: lists similar names.
    """
    exact = (await client.list_tasks(name=named, limit=1)).data
    if exact:
        return exact[0]
    number = named.strip().removeprefix("#")
    if number.isascii() and number.isdecimal() and int(number) < 2**63:
        return await client.get_task(int(number))
    found = (await client.list_tasks(q=named, limit=_NEAR)).data
    near = ", ".join(task.name for task in found)
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
