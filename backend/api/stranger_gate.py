"""Refuses large bodies of strangers before they are read.

The framework parses a body before it asks who sent it.
"""

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.api.authentication import identify
from backend.api.problems import problem_response
from backend.api.state import ApiState
from shared.errors import TaskdeckError

_FREE_BYTES = 16 * 1024
"""A body that is parsed in well under a millisecond; sign-ins and most requests are smaller."""
_OPEN_PATHS = "/api/auth/"
"""Their bodies are small; see `allowance`."""


class StrangerGateMiddleware:
    """Asks for a valid token before a large body, or one of unknown length, is read."""

    def __init__(self, app: ASGIApp, *, state: ApiState) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            announced = headers.get("content-length", "")
            is_large = "transfer-encoding" in headers or (announced.isdigit() and int(announced) > _FREE_BYTES)
            if is_large and not scope["path"].startswith(_OPEN_PATHS):
                try:
                    await identify(self._state, Request(scope, receive))
                except TaskdeckError as error:
                    await problem_response(Request(scope, receive), error)(scope, receive, send)
                    return
        await self._app(scope, receive, send)
