"""Sign-in of the command line through a browser, on this machine or on another one."""

import asyncio
import os
import ssl
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from backend.cli.client import CommandLineClient
from backend.cli.say import say
from shared.client.browser_sign_in import BrowserSignIn
from shared.errors import NotFoundError
from shared.models.auth import TokenPair


async def sign_in_with_browser(address: str, *, tls: ssl.SSLContext, allows_http: bool, opens: bool) -> TokenPair:
    """Return the tokens of somebody who signs in with the backend's provider; `opens` is whether to open a browser.

    The address is printed in any case. Without a browser of this machine, the address of the last page is read from
    standard input. Raises `NotFoundError` where the backend has no provider, and what `BrowserSignIn.wait` raises.
    """
    async with CommandLineClient(address, tls=tls, allows_http=allows_http) as client:
        method = (await client.sign_in_methods()).single_sign_on
        if method is None:
            raise NotFoundError(
                f"{address} offers no single sign-on. Sign in with a password: taskdeck login {address}"
            )
        async with BrowserSignIn(client, method) as sign_in:
            say(f"To sign in with {method.name}, open this address in a browser:\n\n    {sign_in.url}\n", err=True)
            if opens and _has_browser():
                async with _opened(sign_in.url):
                    return await sign_in.wait()
            say(
                "If that browser runs on another machine, it cannot open the last page, whose address begins with "
                "http://127.0.0.1. Paste that address here:",
                err=True,
            )
            _accept_pasted(sign_in)
            return await sign_in.wait()


def _has_browser() -> bool:
    """Whether a browser with a window can be opened; one in the terminal would hide what is printed."""
    if os.environ.get("BROWSER") or not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[None]:
    """Open the browser in a thread: some commands that open one end with it."""

    async def open_it() -> None:
        if not await asyncio.to_thread(webbrowser.open, url):
            say("No browser could be opened. Open the address yourself.", err=True)

    opening = asyncio.create_task(open_it(), name="browser")
    try:
        yield
    finally:
        opening.cancel()


def _accept_pasted(sign_in: BrowserSignIn) -> None:
    """Accept lines of standard input from now on, in a thread that ends with the process: reading cannot be ended."""
    loop = asyncio.get_running_loop()

    def accept(line: str) -> None:
        if line.strip() and not sign_in.accept(line):
            say("This is not the address of the last page of this sign-in. Copy it again:", err=True)

    def read() -> None:
        for line in sys.stdin:
            if loop.is_closed():
                return
            loop.call_soon_threadsafe(accept, line)

    threading.Thread(target=read, name="pasted address", daemon=True).start()
