"""Ends requests whose answer does not begin in time."""

import asyncio

import structlog
from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.allowances import allowance
from backend.api.problems import problem_response
from shared.errors import RequestTimedOutError

RETRY_AFTER_SECONDS = 5
"""The database answers again, or the replica is replaced, within a few seconds."""

log = structlog.get_logger()
_READS = ("GET", "HEAD", "OPTIONS")


class DeadlineMiddleware:
    """Answers 503 instead of a handler whose answer has not begun in time; streams that have begun are not limited.

    Where a network drops packets, a handler would wait for the database without an error.
    """

    def __init__(self, app: ASGIApp, *, seconds: float | None = None) -> None:
        """`seconds` None is what each path allows."""
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and cancel its handler when the time has passed."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seconds = self._seconds if self._seconds is not None else allowance(scope["path"]).answer_seconds
        try:
            async with asyncio.timeout(seconds) as deadline:

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
                seconds=seconds,
            )
            error = RequestTimedOutError(
                f"The backend did not answer within {seconds:g} s. {_next_step(scope['method'])}",
                retry_after_seconds=RETRY_AFTER_SECONDS,
            )
            await problem_response(Request(scope, receive), error)(scope, receive, send)


def _next_step(method: str) -> str:
    often = "If this happens often, check the load of the backend and of PostgreSQL."
    if method in _READS:
        return f"Request less at once, such as a shorter time span, or try again later. {often}"
    return (
        "The change may have been made: look before you repeat it. With an Idempotency-Key it is safe to repeat. "
        f"{often}"
    )
