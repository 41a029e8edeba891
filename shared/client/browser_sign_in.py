"""Sign-in through the browser: opens a port on this machine at which the backend hands over a code."""

import asyncio
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from shared.client.client import TaskdeckClient
from shared.client.protection import sends_in_clear
from shared.client.sign_in_page import Shown, page
from shared.enums import SignInFailure
from shared.errors import ClearTextRefusedError, SingleSignOnError, TaskdeckError
from shared.loopback_address import CALLBACK_PATH, HOST, redirect_uri
from shared.models.auth import SingleSignOn, TokenPair
from shared.proof_key import challenge_of, new_verifier

PERSON_SECONDS = 300.0
"""How long a person may take; the backend remembers a sign-in that has begun for ten minutes."""

_HEAD_SECONDS = 5.0
_MOST_HEAD_BYTES = 16 * 1024
_MOST_CONNECTIONS = 20
"""A browser opens a few; any program of this machine may open more."""
_LAST_PAGE_SECONDS = 2.0
"""How long the end waits for a browser that fetches its last page."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the backend handed over: a code, or why there is none."""

    code: str = ""
    failure: SignInFailure | None = None


class BrowserSignIn:
    """One sign-in: `url` is what the browser opens, and `wait` returns the tokens.

    Whatever calls the port without the random state of this sign-in is answered and ignored.
    """

    def __init__(self, client: TaskdeckClient, method: SingleSignOn) -> None:
        """Raises `ClearTextRefusedError` where the backend names a page at which others could read along."""
        if sends_in_clear(method.start_url) and _origin(method.start_url) != _origin(client.base_url):
            raise ClearTextRefusedError(
                f"The backend's sign-in page {method.start_url} is not encrypted. Ask its administrator to set "
                "TASKDECK_PUBLIC_URL to an https:// address."
            )
        self._client = client
        self._start_url = method.start_url
        self._verifier = new_verifier()
        self._state = secrets.token_urlsafe(32)
        loop = asyncio.get_running_loop()
        self._answer: asyncio.Future[_Answer] = loop.create_future()
        self._shown: asyncio.Future[Shown] = loop.create_future()
        self._handlers: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, HOST, 0, limit=_MOST_HEAD_BYTES)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        self._show(Shown.FAILED)
        if self._handlers:
            _, late = await asyncio.wait(self._handlers, timeout=_LAST_PAGE_SECONDS)
            for handler in late:
                handler.cancel()

    @property
    def url(self) -> str:
        """The address to open in a browser."""
        query = {
            "redirect_uri": redirect_uri(self._port),
            "code_challenge": challenge_of(self._verifier),
            "state": self._state,
        }
        return f"{self._start_url}?{urlencode(query)}"

    async def wait(self, *, seconds: float = PERSON_SECONDS) -> TokenPair:
        """Return the tokens when the person has signed in.

        Raises `SingleSignOnError` with the reason, and what `TaskdeckClient` raises.
        """
        try:
            async with asyncio.timeout(seconds):
                answer = await self._answer
        except TimeoutError as error:
            raise SingleSignOnError(SignInFailure.TIMED_OUT) from error
        if answer.failure is not None:
            self._show(Shown.FAILED)
            raise SingleSignOnError(answer.failure)
        try:
            pair = await self._client.exchange_code(answer.code, self._verifier)
        except TaskdeckError:
            self._show(Shown.FAILED)
            raise
        self._show(Shown.DONE)
        return pair

    def accept(self, address: str) -> bool:
        """Accept the address of the last page, from a browser on another machine; return whether it is this sign-in's.

        Such a browser cannot open the page, but its address has the code.
        """
        parts = urlsplit(address.strip())
        return parts.path == CALLBACK_PATH and self._take(dict(parse_qsl(parts.query)))

    def _take(self, given: Mapping[str, str]) -> bool:
        if not hmac.compare_digest(given.get("state", "").encode(), self._state.encode()):
            return False
        if not self._answer.done():
            failure = _failure(given["error"]) if "error" in given else None
            self._answer.set_result(_Answer(given.get("code", ""), failure))
        return True

    def _show(self, shown: Shown) -> None:
        if not self._shown.done():
            self._shown.set_result(shown)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handler = asyncio.current_task()
        assert handler is not None
        try:
            if len(self._handlers) < _MOST_CONNECTIONS:
                self._handlers.add(handler)
                async with asyncio.timeout(_HEAD_SECONDS):
                    head = await reader.readuntil(b"\r\n\r\n")
                writer.write(page(await self._page_for(head)))
                async with asyncio.timeout(_HEAD_SECONDS):
                    await writer.drain()
        except (TimeoutError, OSError, EOFError, asyncio.LimitOverrunError):
            pass  # a browser that opens a connection in advance, or somebody else
        finally:
            self._handlers.discard(handler)
            writer.close()

    async def _page_for(self, head: bytes) -> Shown:
        """Return which page answers a request; the one of this sign-in waits until its outcome is known."""
        lines = head.decode("latin-1").split("\r\n")
        method, _, rest = lines[0].partition(" ")
        target = urlsplit(rest.partition(" ")[0])
        hosts = [
            value.strip() for name, _, value in (line.partition(":") for line in lines[1:]) if name.lower() == "host"
        ]
        # Another name of this machine means that a foreign page calls (DNS rebinding).
        if method != "GET" or target.path != CALLBACK_PATH or hosts != [f"{HOST}:{self._port}"]:
            return Shown.NOTHING
        if not self._take(dict(parse_qsl(target.query))):
            return Shown.UNKNOWN
        return await asyncio.shield(self._shown)


def _failure(text: str) -> SignInFailure:
    try:
        return SignInFailure(text)
    except ValueError:  # of a newer backend
        return SignInFailure.PROVIDER_INVALID


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
