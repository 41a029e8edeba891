"""The connection of a command to a backend."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import TypeVar

from backend.cli.client import CommandLineClient
from backend.cli.connection_options import ConnectionOptions, current_options
from backend.cli.saved_login import LoginStore, SavedLogin
from shared.client import TaskdeckClient
from shared.client.protection import trust
from shared.client.session import LoginAuth, TokenAuth
from shared.errors import BackendUnreachableError, UnauthorizedError
from shared.local_backend import default_data_dir, find_local_backend

T = TypeVar("T")


def open_client(options: ConnectionOptions) -> TaskdeckClient:
    """Return a client for the given address, otherwise for this machine's backend, otherwise for the saved login.

    Raises `UnauthorizedError` for an address without a token, `ClearTextRefusedError` for one without TLS, and
    `BackendUnreachableError` where there is no backend to connect to.
    """
    saved = SavedLogin.read()
    if options.url is not None:
        url = options.url.rstrip("/")
        if options.token is not None:
            return CommandLineClient(
                url, auth=TokenAuth(options.token), tls=_trusted(options), allows_http=options.allows_http
            )
        if saved is not None and saved.url == url:
            return _with_login(saved, options)
        raise UnauthorizedError(f"Not signed in to {url}. Run: taskdeck login {url}, or set TASKDECK_TOKEN.")
    local = find_local_backend(options.data_dir)
    if local is not None:
        return CommandLineClient(local.url, auth=TokenAuth(local.token))
    if saved is not None:
        return _with_login(saved, options)
    raise BackendUnreachableError(
        f"No backend runs on {options.data_dir or default_data_dir()}, and no other one is configured. "
        "Start a local one with: taskdeck up. For one on another machine: taskdeck login URL, or set TASKDECK_URL."
    )


def _with_login(saved: SavedLogin, options: ConnectionOptions) -> TaskdeckClient:
    """Return a client with the stored tokens; options of this command replace those that were stored."""
    return CommandLineClient(
        saved.url,
        auth=LoginAuth(saved.pair, store=LoginStore(saved.url)),
        tls=_trusted(options, stored=saved.ca_file),
        allows_http=options.allows_http or saved.allows_http,
    )


def _trusted(options: ConnectionOptions, *, stored: str = "") -> ssl.SSLContext:
    return trust(str(options.ca_file) if options.ca_file is not None else stored)


def call(work: Callable[[TaskdeckClient], Awaitable[T]]) -> T:
    """Return the result of `work` with a client of the backend."""
    options = current_options()

    async def whole() -> T:
        async with open_client(options) as client:
            return await work(client)

    return asyncio.run(whole())
