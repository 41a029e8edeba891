"""The executor `http`: an HTTP request, whose status decides whether it succeeded."""

import asyncio
import ipaddress
import json
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urljoin, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backend.broker.messages import AttemptResult
from backend.executor_spec import ExecutorDescription
from backend.worker.executors.contract import Attempt, failed, succeeded
from backend.worker.secrets import UnknownSecretError, resolve, resolve_all
from shared.enums import LogStream
from shared.errors import FieldError

if TYPE_CHECKING:
    import httpx

MOST_REDIRECTS = 5
MOST_BODY_BYTES = 1024 * 1024
"""Of the response, kept as output. The rest is not read."""
CONNECT_TIMEOUT_SECONDS = 10
_METADATA_ADDRESSES = frozenset(ipaddress.ip_address(address) for address in ("169.254.169.254", "fd00:ec2::254"))
_EXAMPLE = '{"method": "GET", "url": "https://example.org/health"}'

Status = Annotated[int, Field(ge=100, le=599)]


class HttpCommand(BaseModel):
    """The command of a task, as JSON."""

    model_config = ConfigDict(extra="forbid")

    url: str
    method: Annotated[str, Field(pattern=r"^[A-Za-z]{1,20}$")] = "GET"
    headers: dict[str, str] = {}
    body: Any = None
    expected_status: Status | list[Status] | None = None

    def expects(self, status: int) -> bool:
        """Whether a response with this status is a success."""
        if self.expected_status is None:
            return 200 <= status < 300
        if isinstance(self.expected_status, int):
            return status == self.expected_status
        return status in self.expected_status

    @property
    def expectation(self) -> str:
        """The expected statuses, for a message."""
        if self.expected_status is None:
            return "2xx"
        if isinstance(self.expected_status, int):
            return str(self.expected_status)
        return " or ".join(str(status) for status in self.expected_status)


class _RefusedError(Exception):
    """The address must not be called."""


class HttpExecutor:
    """Sends one request, follows a few redirects, and keeps the response as output."""

    description = ExecutorDescription(
        name="http", description="Sends an HTTP request and expects a status, 2xx by default."
    )

    def check(self, *, command: str, arguments: Sequence[str]) -> list[FieldError]:
        """Check that the command is JSON with an http or https URL."""
        try:
            parsed = HttpCommand.model_validate(json.loads(command))
        except json.JSONDecodeError as error:
            return [FieldError("command", f"is not JSON ({error.msg} at {error.pos}); write {_EXAMPLE}")]
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the object"
            return [FieldError("command", f"{where}: {first['msg']}; write {_EXAMPLE}")]
        parts = urlsplit(parsed.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return [FieldError("command", f"url: {parsed.url!r} is not an http or https address; write {_EXAMPLE}")]
        return []

    async def execute(self, attempt: Attempt) -> AttemptResult:
        """Send the request; a cancellation or the timeout ends it at once."""
        secrets: list[str] = []
        try:
            command = HttpCommand.model_validate_json(attempt.assignment.command)
            command.headers = resolve_all(command.headers, found=secrets)
            command.url = resolve(command.url, found=secrets)
        except ValidationError as error:
            return failed(f"the command is not valid: {error.errors()[0]['msg']}")
        except UnknownSecretError as error:
            return failed(str(error))
        attempt.output.mask(secrets)
        call = asyncio.create_task(_call(command, attempt), name="http call")
        try:
            stop = await attempt.wait(call)
            return call.result() if stop is None else attempt.stopped(stop)
        finally:
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)


async def _call(command: HttpCommand, attempt: Attempt) -> AttemptResult:
    # Imported with the first request: a worker that sends none saves its memory.
    import httpx

    timeout = httpx.Timeout(attempt.assignment.timeout_seconds, connect=CONNECT_TIMEOUT_SECONDS)
    try:
        async with httpx.AsyncClient(timeout=timeout, follow_redirects=False) as client:
            status = await _follow(client, command, attempt)
    except _RefusedError as error:
        return failed(str(error), exit_code=1)
    except httpx.HTTPError as error:
        return failed(f"{command.method} {command.url} failed: {error or type(error).__name__}", exit_code=1)
    except httpx.InvalidURL as error:
        return failed(f"{command.url} is not a valid address: {error}", exit_code=1)
    if command.expects(status):
        return succeeded()
    return failed(f"HTTP {status}, expected {command.expectation}", exit_code=1, http_status=status)


async def _follow(client: "httpx.AsyncClient", command: HttpCommand, attempt: Attempt) -> int:
    """Send the request and follow redirects; return the status of the last response."""
    method, url = command.method.upper(), command.url
    content: dict[str, Any] = {}
    if isinstance(command.body, str):
        content["content"] = command.body
    elif command.body is not None:
        content["json"] = command.body
    for _ in range(MOST_REDIRECTS + 1):
        await _refuse_internal_addresses(url)
        async with client.stream(method, url, headers=command.headers, **content) as response:
            version = response.http_version
            line = f"{version} {response.status_code} {response.reason_phrase}\n"
            attempt.output.write(LogStream.STDOUT, line.encode())
            if not response.is_redirect or command.expects(response.status_code):
                await _keep_body(response, attempt)
                return response.status_code
            url = urljoin(url, response.headers["location"])
            if response.status_code == 303 and method != "HEAD":
                method, content = "GET", {}
            if urlsplit(url).netloc != urlsplit(command.url).netloc:
                command.headers = {
                    name: value for name, value in command.headers.items() if name.lower() != "authorization"
                }
    raise _RefusedError(f"{command.url} redirected more than {MOST_REDIRECTS} times")


async def _keep_body(response: "httpx.Response", attempt: Attempt) -> None:
    kept = 0
    async for part in response.aiter_bytes():
        attempt.output.write(LogStream.STDOUT, part[: MOST_BODY_BYTES - kept])
        kept += len(part)
        if kept >= MOST_BODY_BYTES:
            attempt.output.write(LogStream.STDOUT, b"\n... the response is longer; its rest was not read\n")
            return


async def _refuse_internal_addresses(url: str) -> None:
    """Refuse link-local and cloud metadata addresses: a task must not read a machine's credentials."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _RefusedError(f"{url} is not an http or https address")
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            parts.hostname, parts.port or parts.scheme, type=socket.SOCK_STREAM
        )
    except OSError as error:
        raise _RefusedError(f"{parts.hostname} cannot be resolved: {error.strerror or error}") from error
    for *_, address in found:
        resolved = ipaddress.ip_address(str(address[0]).split("%", 1)[0])
        if resolved.is_link_local or resolved in _METADATA_ADDRESSES:
            raise _RefusedError(f"{parts.hostname} is {resolved}: link-local and metadata addresses are refused")
