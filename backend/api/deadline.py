"""No request hangs: what has not begun to answer in time is told to try again."""

import asyncio

import structlog
from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.problems import problem_response
from shared.errors import DatabaseUnavailableError

ANSWER_SECONDS = 12.0
"""Longer than a connection and a place in the pool may be waited for, less than clients and proxies wait."""
RETRY_AFTER_SECONDS = 5

log = structlog.get_logger()


class DeadlineMiddleware:
    """Answers 503 in place of a handler that has not begun to answer in time; a stream goes on as long as it likes.

    A handler ends in no other way behind a network that swallows: the connection stands, and nothing comes back.
    """

    def __init__(self, app: ASGIApp, *, seconds: float = ANSWER_SECONDS) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and end it when its time has passed."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._seconds) as deadline:

                async def send_noted(message: Message) -> None:
                    deadline.reschedule(None)
                    await send(message)

                await self._app(scope, receive, send_noted)
        except TimeoutError:
            if not deadline.expired():
                raise
            log.warning("a request was given up", path=scope["path"], method=scope["method"], seconds=self._seconds)
            error = DatabaseUnavailableError(
                f"Nothing was answered within {self._seconds:g} s. Try again in a moment; if it goes on, check that "
                "the backend reaches PostgreSQL. What was asked for may have been done: an Idempotency-Key tells.",
                retry_after_seconds=RETRY_AFTER_SECONDS,
            )
            await problem_response(Request(scope, receive), error)(scope, receive, send)
