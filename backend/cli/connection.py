"""The connection of a command to a backend."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from backend.cli.connection_options import ConnectionOptions, current_options
from backend.cli.saved_login import LoginStore, SavedLogin
from shared.client import TaskdeckClient
from shared.client.session import LoginAuth, TokenAuth
from shared.errors import BackendUnreachableError, UnauthorizedError
from shared.local_backend import default_data_dir, find_local_backend

T = TypeVar("T")


def open_client(options: ConnectionOptions) -> TaskdeckClient:
    """Return a client for the given address, otherwise for this machine's backend, otherwise for the saved login.

    Raises `UnauthorizedError` for an address without a token, `BackendUnreachableError` where there is no backend
    to connect to.
    """
    saved = SavedLogin.read()
    if options.url is not None:
        url = options.url.rstrip("/")
        if options.token is not None:
            return TaskdeckClient(url, auth=TokenAuth(options.token))
        if saved is not None and saved.url == url:
            return _with_login(saved)
        raise UnauthorizedError(f"Not signed in to {url}. Run: taskdeck login {url}, or set TASKDECK_TOKEN.")
    local = find_local_backend(options.data_dir)
    if local is not None:
        return TaskdeckClient(local.url, auth=TokenAuth(local.token))
    if saved is not None:
        return _with_login(saved)
    raise BackendUnreachableError(
        f"No backend runs on {options.data_dir or default_data_dir()}, and no other one is configured. "
        "Start a local one with: taskdeck up. For one on another machine: taskdeck login URL, or set TASKDECK_URL."
    )


def _with_login(saved: SavedLogin) -> TaskdeckClient:
    url = saved.url
    return TaskdeckClient(url, auth=LoginAuth(saved.pair, store=LoginStore(url)))


def call(work: Callable[[TaskdeckClient], Awaitable[T]]) -> T:
    """Return the result of `work` with a client of the backend."""
    options = current_options()

    async def whole() -> T:
        async with open_client(options) as client:
            return await work(client)

    return asyncio.run(whole())
