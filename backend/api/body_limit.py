"""A limit on the size of requests, told before and enforced while they are read."""

from fastapi import HTTPException, Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.problems import problem_response
from shared.errors import PayloadTooLargeError

MOST_BYTES = 1024 * 1024


_TOO_LARGE = "The body is over 1 MiB; send less at once."


class _TooLargeError(HTTPException):
    """FastAPI lets this kind through while it reads a body, and takes any other for a body it cannot parse."""

    def __init__(self) -> None:
        super().__init__(PayloadTooLargeError.status, _TOO_LARGE)


class BodyLimitMiddleware:
    """Answers 413 to a body over 1 MiB."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
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
