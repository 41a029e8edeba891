"""Answers 500 to an error that nothing foresaw, and logs its cause."""

import structlog
from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.problems import problem_response
from shared.errors import TaskdeckError

log = structlog.get_logger()


class UnexpectedErrorMiddleware:
    """Answers with a problem document that names the request; its connection stays usable.

    Starlette's handler of `Exception` raises the error again behind its answer, and uvicorn then resets a connection
    on which the client may have sent its next request. An answer that has begun cannot be completed: there the
    error goes on, and the reset tells the client.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def send_noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        except Exception as error:
            request_id = scope.get("request_id")
            log.error(
                "a request failed",
                path=scope["path"],
                method=scope["method"],
                request_id=request_id,
                exc_info=error,
            )
            if has_begun:
                raise
            answer = TaskdeckError(f"The backend failed. Its log has the cause under the request id {request_id}.")
            await problem_response(Request(scope, receive), answer)(scope, receive, send)
