"""Limits the size of request bodies, by their announced length and by the bytes that arrive."""

from fastapi import HTTPException, Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.problems import problem_response
from shared.errors import PayloadTooLargeError

MOST_BYTES = 1024 * 1024
"""A batch of 10,000 runs fits; a body is held in memory until it is parsed."""


_TOO_LARGE = "The request body is larger than 1 MiB. Send it in several requests."


class _TooLargeError(HTTPException):
    """FastAPI re-raises an `HTTPException` while it reads a body; it reports any other error as unreadable JSON."""

    def __init__(self) -> None:
        super().__init__(PayloadTooLargeError.status, _TOO_LARGE)


class BodyLimitMiddleware:
    """Answers 413 to a body larger than 1 MiB."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdigit() and int(announced) > MOST_BYTES:
            await self._refuse(scope, receive, send)
            return
        read = 0
        has_answered = False

        async def receive_limited() -> Message:
            nonlocal read
            message = await receive()
            if message["type"] == "http.request":
                read += len(message.get("body", b""))
                if read > MOST_BYTES:
                    raise _TooLargeError
            return message

        async def send_noted(message: Message) -> None:
            nonlocal has_answered
            has_answered = True
            await send(message)

        try:
            await self._app(scope, receive_limited, send_noted)
        except _TooLargeError:
            if has_answered:
                raise
            await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        error = PayloadTooLargeError(_TOO_LARGE)
        await problem_response(Request(scope, receive), error)(scope, receive, send)
