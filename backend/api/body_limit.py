"""Limits the size of request bodies, by their announced length and by the bytes that arrive."""

from fastapi import HTTPException, Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.allowances import KIBIBYTE, MEBIBYTE, allowance
from backend.api.problems import problem_response
from shared.errors import PayloadTooLargeError


def _too_large(most_bytes: int) -> str:
    if most_bytes < MEBIBYTE:
        return f"The request body is larger than {most_bytes // KIBIBYTE} KiB."
    return f"The request body is larger than {most_bytes // MEBIBYTE} MiB. Send it in several requests."


class _TooLargeError(HTTPException):
    """FastAPI re-raises an `HTTPException` while it reads a body; it reports any other error as unreadable JSON."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__(PayloadTooLargeError.status, _too_large(most_bytes))


class BodyLimitMiddleware:
    """Answers 413 to a body that is larger than its path allows."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most_bytes = allowance(scope["path"]).most_bytes
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdigit() and int(announced) > most_bytes:
            await self._refuse(most_bytes, scope, receive, send)
            return
        read = 0
        has_answered = False

        async def receive_limited() -> Message:
            nonlocal read
            message = await receive()
            if message["type"] == "http.request":
                read += len(message.get("body", b""))
                if read > most_bytes:
                    raise _TooLargeError(most_bytes)
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
            await self._refuse(most_bytes, scope, receive, send)

    async def _refuse(self, most_bytes: int, scope: Scope, receive: Receive, send: Send) -> None:
        error = PayloadTooLargeError(_too_large(most_bytes))
        await problem_response(Request(scope, receive), error)(scope, receive, send)
