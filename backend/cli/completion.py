"""Completion of names by the shell: asks the backend, and completes nothing where it does not answer in time."""

import asyncio
from collections.abc import Callable

from backend.cli.connection import open_client
from backend.cli.connection_options import current_options

_MOST = 50
_SECONDS = 2.0


def names_from(path: str, field: str = "name") -> Callable[[str], list[str]]:
    """Return a function that completes the names of a list of the API."""

    def complete(incomplete: str) -> list[str]:
        params: dict[str, str | int] = {"limit": _MOST} if path != "/api/tasks/folders" else {}
        if path == "/api/tasks":
            params |= {"q": incomplete, "sort": "name"} if incomplete else {"sort": "name"}
        try:
            found = asyncio.run(_names(path, field, params))
        except Exception:  # noqa: BLE001 - a shell that completes a word shows no error
            return []
        return [name for name in found if name.startswith(incomplete)]

    return complete


async def _names(path: str, field: str, params: dict[str, str | int]) -> list[str]:
    async with asyncio.timeout(_SECONDS), open_client(current_options()) as client:
        return [str(one[field]) for one in (await client.request("GET", path, params=params))["data"]]


complete_task = names_from("/api/tasks")
complete_calendar = names_from("/api/calendars")
complete_concurrency_group = names_from("/api/concurrency-groups")
complete_channel = names_from("/api/alerts/channels")
complete_rule = names_from("/api/alerts/rules")
complete_user = names_from("/api/users", "username")
complete_worker = names_from("/api/workers", "id")
complete_secret = names_from("/api/secrets")
complete_folder = names_from("/api/tasks/folders", "path")
