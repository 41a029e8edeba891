"""One line of the log for each request, without what it carries: no query, no header, no body."""

import time
from collections.abc import Mapping

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.settings import AccessLog

_PROBES = frozenset({"/health", "/ready", "/metrics"})
"""Called every few seconds by programs that supervise the backend; their lines would hide the others."""
_MOST_PATH = 200
"""Characters of a path that are logged; those of the API are shorter."""
_FAILED = 400
_FAILED_HERE = 500

_NUMBERS = ("run_id", "task_id")
_MOST_ID = 100

log = structlog.get_logger()


def bind_ids(path_params: Mapping[str, object]) -> None:
    """Add run, task and worker of a request's path to the lines that are logged until its end.

    An id that is no number is not one: log collectors give each field one type.
    """
    found: dict[str, int | str] = {
        name: int(value)
        for name in _NUMBERS
        if isinstance(value := path_params.get(name), str) and value.isascii() and value.isdecimal() and len(value) < 20
    }
    if isinstance(worker_id := path_params.get("worker_id"), str):
        found["worker_id"] = worker_id[:_MOST_ID]
    if found:
        structlog.contextvars.bind_contextvars(**found)


class AccessLogMiddleware:
    """Logs method, path, status, duration, account and address of requests when they end.

    The line of a stream comes at its end, with the duration of the stream. The id of the request is bound already.
    """

    def __init__(self, app: ASGIApp, *, what: AccessLog) -> None:
        self._app = app
        self._what = what

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and log that."""
        if scope["type"] != "http" or self._what == "off":
            await self._app(scope, receive, send)
            return
        status: int | None = None

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        began = time.perf_counter()
        try:
            await self._app(scope, receive, send_noted)
        finally:
            if self._what == "all" or status is None or status >= _FAILED:
                _write(scope, status, ms=(time.perf_counter() - began) * 1000)


def _write(scope: Scope, status: int | None, *, ms: float) -> None:
    if scope["path"] in _PROBES:
        write = log.debug
    elif status is not None and status >= _FAILED_HERE:
        write = log.warning
    else:
        write = log.info
    caller = scope.get("state", {}).get("caller")
    client = scope.get("client")
    write(
        "request",
        method=scope["method"],
        path=shown_path(scope),
        status=status,
        ms=round(ms, 1),
        account=caller.user.username if caller is not None else None,
        address=client[0] if client else None,
    )


def shown_path(scope: Scope) -> str:
    """Return the path as the client wrote it, so without control characters; bounded, and without the query."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw[:_MOST_PATH].decode("ascii", "backslashreplace").partition("?")[0]
