"""The executor `http`: an HTTP request, whose status decides whether it succeeded."""

import asyncio
import base64
import ssl
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from backend.broker.messages import Assignment, AttemptResult
from backend.executor_spec import ExecutorDescription
from backend.worker.executors.body_charset import body_converter
from backend.worker.executors.contract import Attempt, failed, succeeded
from backend.worker.executors.http_addresses import AddressRefusedError, resolve_checked
from backend.worker.executors.http_command import (
    CommandError,
    HttpCommand,
    arguments_problem,
    check_command,
    content_of,
    framing_problem,
    headers_problems,
    method_problem,
    read_command,
    shortened,
    url_problem,
)
from backend.worker.executors.http_redirects import HttpRequest, RedirectRefusedError, redirected
from backend.worker.secrets import SecretError
from shared.enums import LogStream
from shared.errors import FieldError
from shared.version import VERSION

if TYPE_CHECKING:
    import httpx

MAX_REDIRECTS = 5
MAX_BODY_BYTES = 1024 * 1024
"""Of the response, kept as output. The rest is not read."""
CONNECT_TIMEOUT_SECONDS = 10
_DEFAULT_PORTS = {"http": 80, "https": 443}
_DEFAULT_HEADERS = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate", "User-Agent": f"taskdeck/{VERSION}"}


class HttpExecutor:
    """Sends one request, follows a few redirects, and keeps the response's body as output."""

    description = ExecutorDescription(
        name="http", description="Sends an HTTP request and expects a status, 2xx by default."
    )

    def check(self, *, command: str, arguments: Sequence[str]) -> list[FieldError]:
        """Check the URL, the method and the headers of the command."""
        return check_command(command) + arguments_problem(arguments)

    async def execute(self, attempt: Attempt) -> AttemptResult:
        """Send the request; a cancellation or the timeout ends it at once."""
        try:
            command = read_command(attempt.assignment.command)
            command.headers = attempt.secrets.resolve_all(command.headers)
            command.url = attempt.secrets.resolve(command.url)
            command.body = attempt.secrets.resolve_json(command.body)
            content = content_of(command.body)
        except CommandError as error:
            return failed(f"the command is not valid: {error}")
        except SecretError as error:
            return failed(str(error))
        problem = (
            method_problem(command.method)
            or url_problem(command.url, shown=attempt.output.masked(command.url))
            or next(iter(headers_problems(command.headers)), None)
            or framing_problem(command.headers, len(content or b""))
        )
        if problem is not None:
            return failed(problem, exit_code=1)
        exchange = _Exchange(command, attempt, content)
        call = asyncio.create_task(_call(command, exchange), name="http call")
        try:
            stop = await attempt.wait(call)
            if stop is not None:
                return replace(attempt.stopped(stop), http_status=exchange.status)
            return call.result()
        finally:
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)


async def _call(command: HttpCommand, exchange: "_Exchange") -> AttemptResult:
    # Imported with the first request: a worker that sends none saves its memory. In a thread, since it takes a while.
    tls = await asyncio.to_thread(_tls_context)
    import httpx

    from backend.worker.executors.http_transport import Transport

    async with Transport(tls, exchange.keep_status) as http:
        try:
            await exchange.run(http)
        except (AddressRefusedError, RedirectRefusedError) as error:
            return failed(str(error), exit_code=1, http_status=exchange.status)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reason = str(error) or type(error).__name__
            return failed(
                f"{command.method} {exchange.shown} failed: {reason}", exit_code=1, http_status=exchange.status
            )
    status = exchange.status
    if status is not None and command.expects(status):
        return succeeded(http_status=status)
    return failed(f"HTTP {status}, expected {command.expectation}", exit_code=1, http_status=status)


@lru_cache(maxsize=1)
def _tls_context() -> ssl.SSLContext:
    """Return a context that verifies certificates; made once, since reading the authorities takes 20 ms."""
    import httpx

    return httpx.create_ssl_context()


class _Exchange:
    """The requests of one attempt; `status` is the last one that was read."""

    def __init__(self, command: HttpCommand, attempt: Attempt, content: bytes | None) -> None:
        self.status: int | None = None
        self._command = command
        self._attempt = attempt
        self.shown = shortened(attempt.output.masked(command.url))
        """The URL in messages: what is secret in it is replaced before it is shortened, or a part would be left."""
        self._content = content

    def keep_status(self, status: int) -> None:
        """Keep the status of the newest response."""
        self.status = status

    async def run(self, http: "httpx.AsyncHTTPTransport") -> None:
        """Send the request and follow its redirects."""
        headers = _with_run_headers(self._command, self._attempt.assignment)
        request = HttpRequest(self._command.method.upper(), self._command.url, headers, self._content is not None)
        for _ in range(MAX_REDIRECTS + 1):
            location = await self._send(http, request)
            if location is None:
                return
            assert self.status is not None
            request = redirected(request, status=self.status, location=location)
            if problem := url_problem(request.url, shown=self._attempt.output.masked(request.url)):
                raise RedirectRefusedError(f"the location of the redirect is not valid: {problem}")
        raise RedirectRefusedError(f"{self.shown} redirected more than {MAX_REDIRECTS} times")

    async def _send(self, http: "httpx.AsyncHTTPTransport", request: HttpRequest) -> str | None:
        """Send one request to an address that was checked; return where it is redirected to, or None at the end."""
        import httpx

        parts = urlsplit(request.url)
        host = parts.hostname or ""
        addresses = await resolve_checked(host, parts.port or _DEFAULT_PORTS[parts.scheme], self._attempt.rules.http)
        timeout = httpx.Timeout(self._attempt.assignment.timeout_seconds, connect=CONNECT_TIMEOUT_SECONDS).as_dict()
        headers = httpx.Headers(_DEFAULT_HEADERS | _basic_credentials(request.url))
        headers.update(dict(request.headers))
        for position, address in enumerate(addresses):
            built = httpx.Request(
                request.method,
                request.url,
                headers=headers,
                content=self._content if request.has_body else None,
                extensions={"timeout": timeout, "sni_hostname": host},
            )
            # The connection goes to the address that was checked, and not to what a second look-up would return.
            built.url = built.url.copy_with(host=address)
            try:
                response = await http.handle_async_request(built)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if position + 1 == len(addresses):
                    raise
                continue
            response.request = built
            try:
                return await self._read(response)
            finally:
                await response.aclose()
        raise AddressRefusedError(f"{host} has no address")

    async def _read(self, response: "httpx.Response") -> str | None:
        self.keep_status(response.status_code)
        line = f"{response.http_version} {response.status_code} {response.reason_phrase}\n"
        self._attempt.output.write(LogStream.STDERR, line.encode(errors="replace"))
        location = response.headers.get("location")
        if response.is_redirect and location and not self._command.expects(response.status_code):
            return str(location)
        await self._keep_body(response)
        return None

    async def _keep_body(self, response: "httpx.Response") -> None:
        """Write the body to the output as UTF-8."""
        from backend.worker.executors.http_body import unpacked

        to_utf8 = body_converter(response.charset_encoding)
        kept = 0
        async for part in unpacked(response):
            wanted = part[: MAX_BODY_BYTES - kept]
            self._attempt.output.write(LogStream.STDOUT, to_utf8(wanted))
            kept += len(part)
            if kept > MAX_BODY_BYTES:
                note = f"the response is longer than {MAX_BODY_BYTES:,} bytes; its rest was not read\n"
                self._attempt.output.write(LogStream.STDERR, note.encode())
                return


def _basic_credentials(url: str) -> dict[str, str]:
    """Return the header for the user and the password in a URL, if it has any (RFC 7617)."""
    parts = urlsplit(url)
    if parts.username is None:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _with_run_headers(command: HttpCommand, assignment: Assignment) -> dict[str, str]:
    """Return the headers of the command and those that name the run to the service that is called."""
    given = {name.lower() for name in command.headers}
    named = {
        "X-Taskdeck-Run-Id": str(assignment.run_id),
        "X-Taskdeck-Attempt": str(assignment.attempt),
        "Idempotency-Key": f"taskdeck-run-{assignment.run_id}",
    }
    if assignment.traceparent is not None:
        named["traceparent"] = assignment.traceparent
    if command.body is not None and not isinstance(command.body, str):
        named["Content-Type"] = "application/json"
    return {name: value for name, value in named.items() if name.lower() not in given} | command.headers
