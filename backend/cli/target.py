"""Which backend a command talks to, and talking to it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from backend.cli.saved_login import SavedLogin
from backend.cli.target_options import TargetOptions, current_options
from shared.client import TaskdeckClient
from shared.client.session import LoginAuth, TokenAuth
from shared.errors import BackendUnreachableError, UnauthorizedError
from shared.local_backend import default_data_dir, find_local_backend

T = TypeVar("T")


def open_client(options: TargetOptions) -> TaskdeckClient:
    """Return a client: for the address that was named, this machine's backend, or the saved login.

    Raises `UnauthorizedError` for an address without a token, `BackendUnreachableError` where nothing is
    known to talk to.
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
        f"No backend runs on {options.data_dir or default_data_dir()}, and none was named. "
        "Start one with: taskdeck up. For another machine's: taskdeck login URL, or set TASKDECK_URL."
    )


def _with_login(saved: SavedLogin) -> TaskdeckClient:
    url = saved.url
    return TaskdeckClient(url, auth=LoginAuth(saved.pair, on_renewed=lambda pair: SavedLogin(url, pair).write()))


def call(work: Callable[[TaskdeckClient], Awaitable[T]]) -> T:
    """Run `work` with a client of the target."""
    options = current_options()

    async def whole() -> T:
        async with open_client(options) as client:
            return await work(client)

    return asyncio.run(whole())
