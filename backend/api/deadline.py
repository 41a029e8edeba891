"""Ends requests whose answer does not begin in time."""

import asyncio

import structlog
from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.problems import problem_response
from shared.errors import DatabaseUnavailableError

ANSWER_SECONDS = 12.0
"""Longer than the waits for a pooled connection and for a new one, shorter than the timeouts of clients and proxies."""
RETRY_AFTER_SECONDS = 5
"""The database answers again, or the replica is replaced, within a few seconds."""

log = structlog.get_logger()


class DeadlineMiddleware:
    """Answers 503 instead of a handler whose answer has not begun in time; streams that have begun are not limited.

    Where a network drops packets, a handler would wait for the database without an error.
    """

    def __init__(self, app: ASGIApp, *, seconds: float = ANSWER_SECONDS) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and cancel its handler when the time has passed."""
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
            log.warning(
                "A request was cancelled: it was not answered in time.",
                path=scope["path"],
                method=scope["method"],
                seconds=self._seconds,
            )
            error = DatabaseUnavailableError(
                f"The backend did not answer within {self._seconds:g} s. Try again later. If this continues, check "
                "that the backend reaches PostgreSQL. The change may have been made. With an Idempotency-Key it is "
                "safe to repeat the request.",
                retry_after_seconds=RETRY_AFTER_SECONDS,
            )
            await problem_response(Request(scope, receive), error)(scope, receive, send)
