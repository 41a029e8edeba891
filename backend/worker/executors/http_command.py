"""The command of an HTTP task: its JSON, and what is wrong with it before anything is sent."""

import json
import re
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.errors import FieldError

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
EXAMPLE = '{"method": "GET", "url": "https://example.org/health"}'

_MAX_HOST_CHARACTERS = 253
_MAX_LABEL_CHARACTERS = 63
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_FIELD_VALUE = re.compile(r"[\t\x20-\x7e]*", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x20\x7f]")
_SECRET = re.compile(r"\$\{secret:[^}]*\}")

Status = Annotated[int, Field(ge=100, le=599)]


class HttpCommand(BaseModel):
    """The command of a task, as JSON."""

    model_config = ConfigDict(extra="forbid")

    url: str
    method: str = "GET"
    headers: dict[str, str] = {}
    body: Any = None
    expected_status: Status | list[Status] | None = None

    def expects(self, status: int) -> bool:
        """Return whether a response with this status is a success."""
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


def check_command(command: str) -> list[FieldError]:
    """Return what is wrong with a command when its task is saved; references to secrets may stand for any part."""
    try:
        parsed = HttpCommand.model_validate(json.loads(command))
    except json.JSONDecodeError as error:
        return [FieldError("command", f"is not JSON ({error.msg} at {error.pos}); write {EXAMPLE}")]
    except (ValueError, RecursionError) as error:
        return [FieldError("command", f"{_reason(error)}; write {EXAMPLE}")]
    reasons = (
        *(method_problem(parsed.method), url_problem(parsed.url)),
        *(headers_problem(parsed.headers), body_problem(parsed.body)),
    )
    return [FieldError("command", reason) for reason in reasons if reason is not None]


def _reason(error: ValueError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    if not isinstance(error, ValidationError):
        return "has a number with too many digits"
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"]) or "the object"
    return f"{place}: {first['msg']}"


def method_problem(method: str) -> str | None:
    """Return what is wrong with a method, or None."""
    if method.upper() in METHODS:
        return None
    return f"method: {method!r} is not supported; use one of {', '.join(METHODS)}"


def url_problem(url: str) -> str | None:
    """Return which part of a URL is wrong, or None."""
    plain = _SECRET.sub("secret", url)
    if _CONTROL.search(plain):
        return f"url: {url!r} contains a blank or a control character; percent-encode it"
    try:
        parts = urlsplit(plain)
        host = parts.hostname
    except ValueError:
        return f"url: the address in brackets of {url!r} is not an IPv6 address"
    if parts.scheme not in ("http", "https") or not host:
        return f"url: {url!r} is not an http or https address; write {EXAMPLE}"
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        return f"url: the port of {url!r} is not a number from 1 to 65535"
    return _host_problem(host)


def _host_problem(host: str) -> str | None:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        pass
    else:
        return None
    if ":" in host:
        return f"url: the host {host!r} is not an IPv6 address"
    labels = host.removesuffix(".").split(".")
    if len(host) > _MAX_HOST_CHARACTERS or any(not 1 <= len(label) <= _MAX_LABEL_CHARACTERS for label in labels):
        return (
            f"url: the host {host!r} is not a name: its parts have 1 to {_MAX_LABEL_CHARACTERS} characters each, "
            f"{_MAX_HOST_CHARACTERS} together"
        )
    try:
        host.encode("idna")
    except UnicodeError:
        return f"url: the host {host!r} is not a name that can be resolved"
    return None


def headers_problem(headers: Mapping[str, str]) -> str | None:
    """Return which header is wrong, or None (RFC 9110, 5.1 and 5.5)."""
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name):
            return f"headers: {name!r} is not the name of a header; use letters, digits and -"
        if not _FIELD_VALUE.fullmatch(value):
            return (
                f"headers: the value of {name} contains a line break, a control character or a letter that is not "
                "ASCII; percent-encode it, or use RFC 8187 (name*=UTF-8''value)"
            )
    return None


def body_problem(body: object) -> str | None:
    """Return what of a body cannot be sent, or None."""
    try:
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        return "body: contains half of a surrogate pair, which no encoding has"
    except ValueError:
        return "body: contains NaN or an infinite number, which JSON does not have"
    return None


def arguments_problem(arguments: Sequence[str]) -> list[FieldError]:
    """Return an error where a task has arguments, which an HTTP request does not use."""
    if not arguments:
        return []
    return [FieldError("arguments", "are not used by the executor http; put them into the url, headers or body")]
