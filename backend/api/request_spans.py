"""A span for each request that changes something, in the trace that its header `traceparent` names."""

from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.tracing.origin import OneTrace, trace_origin
from backend.tracing.traceparent import read_traceparent
from backend.tracing.tracer import Tracer

TRACEPARENT_HEADER = "traceparent"
_IN_BYTES = TRACEPARENT_HEADER.encode()
IN_TRACE: dict[str, Any] = {
    "parameters": [
        {
            "name": TRACEPARENT_HEADER,
            "in": "header",
            "required": False,
            "schema": {"type": "string"},
            "description": "The trace of the new runs, by W3C Trace Context; ignored if it is not valid.",
        }
    ]
}
"""For the documentation of routes that create runs."""
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
"""They create no run, and a console sends several a second."""
_FAILED_HERE = 500


class RequestSpansMiddleware:
    """Lets runs that a request creates belong to its trace. Without a tracer, to that of the client, if it has one."""

    def __init__(self, app: ASGIApp, *, tracer: Tracer) -> None:
        self._app = app
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer within a span."""
        if scope["type"] != "http" or scope["method"] in _READING:
            await self._app(scope, receive, send)
            return
        header = next((value for name, value in scope["headers"] if name == _IN_BYTES), None)
        given = read_traceparent(header.decode("latin-1")) if header is not None else None
        if given is None and not self._tracer.is_on:
            await self._app(scope, receive, send)
            return
        await self._traced(scope, receive, send, parent=given)

    async def _traced(self, scope: Scope, receive: Receive, send: Send, *, parent: str | None) -> None:
        method: str = scope["method"]
        span = self._tracer.start(method, kind="server", parent=parent, attributes={"http.request.method": method})
        status = _FAILED_HERE

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        origin = trace_origin.set(OneTrace(span.traceparent) if span.traceparent is not None else None)
        try:
            with structlog.contextvars.bound_contextvars(**span.log_ids):
                await self._app(scope, receive, send_noted)
        finally:
            trace_origin.reset(origin)
            # Strangers export nothing: what they send is bounded by no limit of a user.
            if scope.get("state", {}).get("caller") is not None:
                path = getattr(scope.get("route"), "path", None)
                span.end(
                    name=f"{method} {path}" if path is not None else None,
                    error=f"HTTP {status}" if status >= _FAILED_HERE else None,
                    attributes={"http.response.status_code": status}
                    | ({"http.route": path} if path is not None else {}),
                )
