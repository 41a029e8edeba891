"""The command of an HTTP task: its JSON, and what is wrong with it before anything is sent."""

import json
import re
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from shared.errors import MOST_ERRORS, FieldError

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
EXAMPLE = '{"method": "GET", "url": "https://example.org/health"}'

_MAX_HOST_CHARACTERS = 253
_MAX_LABEL_CHARACTERS = 63
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_FIELD_VALUE = re.compile(r"[\t\x20-\x7e]*", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x20\x7f]")
_OUTER_BLANK = re.compile(r"[ \t].*|.*[ \t]", re.DOTALL)
_HOST = re.compile(r"[0-9A-Za-z_.-]+", re.ASCII)
_AROUND_BRACKETS = re.compile(r"(?:[^@]*@)?\[[^\]]*\](?::\d*)?", re.ASCII)
_MOST_QUOTED = 100
"""Characters of a text of a user that stand in a message."""
_MAX_URL_CHARACTERS = 65_536
"""What the HTTP library accepts."""
_JSON_REASONS = {
    "out of range": "a number is too long; write it as a text",
    "recursion": "it is nested too deeply; 200 levels are possible",
    "hex escape": "a \\u escape is half of a pair; write the character itself",
    "surrogate": "a \\u escape is half of a pair; write the character itself",
}
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


class CommandError(Exception):
    """A command that is not one of this executor; the text says what would be right."""


def read_command(command: str) -> HttpCommand:
    """Return a command from its JSON. It is read by the same rules when it is saved and when it runs.

    Raises:
        CommandError: it is not JSON, or has a field that is not right.
    """
    try:
        parsed = HttpCommand.model_validate_json(command)
        content_of(parsed.body)
    except ValidationError as error:
        raise CommandError(f"{_reason(error)}; write {EXAMPLE}") from error
    except ValueError as error:
        raise CommandError(f"body: {shortened(str(error))}; a number that JSON has not is written as a text") from error
    return parsed


def content_of(body: Any) -> bytes | None:
    """Return what is sent as the body: a text as it is, anything else as JSON; raises ValueError where JSON has not."""
    if body is None:
        return None
    return body.encode() if isinstance(body, str) else json.dumps(body, allow_nan=False).encode()


def check_command(command: str) -> list[FieldError]:
    """Return what is wrong with a command when its task is saved; references to secrets may stand for any part."""
    try:
        parsed = read_command(command)
    except CommandError as error:
        return [FieldError("command", str(error))]
    content = content_of(parsed.body)
    length = None if content is not None and _SECRET.search(content.decode()) else len(content or b"")
    reasons = (
        method_problem(parsed.method),
        url_problem(parsed.url),
        *headers_problems(parsed.headers),
        framing_problem(parsed.headers, length),
    )
    return [FieldError("command", reason) for reason in reasons if reason is not None]


def _reason(error: ValidationError) -> str:
    first = error.errors()[0]
    if first["type"] != "json_invalid":
        return _listed([f"{_place(one)}: {one['msg']}" for one in error.errors()])
    reason = str(first["ctx"]["error"])
    for found, words in _JSON_REASONS.items():
        if found in reason:
            return f"is not JSON that can be sent: {words} ({reason})"
    return f"is not JSON ({reason})"


def _place(problem: ErrorDetails) -> str:
    return shortened(".".join(str(part) for part in problem["loc"]) or "the object")


def _listed(problems: Sequence[str]) -> str:
    more = len(problems) - MOST_ERRORS
    return "; ".join([*problems[:MOST_ERRORS], *([f"and {more:,} more"] if more > 0 else [])])


def method_problem(method: str) -> str | None:
    """Return what is wrong with a method, or None."""
    if method.upper() in METHODS:
        return None
    return f"method: {_quoted(method)} is not supported; use one of {', '.join(METHODS)}"


def url_problem(url: str, *, shown: str | None = None) -> str | None:
    """Return which part of a URL is wrong, or None; `shown` is quoted in its place, where it holds secrets."""
    plain = _SECRET.sub("secret", url)
    named = _quoted(url if shown is None else shown)
    if len(plain) > _MAX_URL_CHARACTERS:
        return f"url: {named} has {len(plain):,} characters; {_MAX_URL_CHARACTERS:,} are possible"
    if _CONTROL.search(plain):
        return f"url: {named} contains a blank or a control character; percent-encode it"
    try:
        parts = urlsplit(plain)
        host = parts.hostname
    except ValueError:
        return f"url: the address in brackets of {named} is not an IPv6 address"
    if parts.scheme not in ("http", "https") or not host:
        return f"url: {named} is not an http or https address; write {EXAMPLE}"
    if "[" in parts.netloc and not _AROUND_BRACKETS.fullmatch(parts.netloc):
        return f"url: beside the address in brackets of {named} only a port can stand, such as http://[::1]:8080/"
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        return f"url: the port of {named} is not a number from 1 to 65535"
    reason = _host_problem(host)
    return f"url: the host of {named} {reason}" if reason else None


def _host_problem(host: str) -> str | None:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        pass
    else:
        return None
    if ":" in host:
        return "is not an IPv6 address"
    labels = host.removesuffix(".").split(".")
    if len(host) > _MAX_HOST_CHARACTERS or any(not 1 <= len(label) <= _MAX_LABEL_CHARACTERS for label in labels):
        return (
            f"is not a name: its parts have 1 to {_MAX_LABEL_CHARACTERS} characters each, "
            f"{_MAX_HOST_CHARACTERS} together"
        )
    if host.isascii() and not _HOST.fullmatch(host):
        return "is not a name; it has letters, digits, hyphens and dots"
    return None if _is_international_name(host) else "is not a name that can be resolved"


def _is_international_name(host: str) -> bool:
    """Return whether the parts of a name that are not ASCII, or are written as `xn--`, have the other form."""
    if host.isascii() and not any(label.lower().startswith("xn--") for label in host.split(".")):
        return True
    import idna  # its tables are large, and most hosts are ASCII

    try:
        host.encode("idna")
        idna.decode(idna.encode(host.lower()))
    except UnicodeError:
        return False
    return True


def headers_problems(headers: Mapping[str, str]) -> list[str]:
    """Return what is wrong with each header that is wrong (RFC 9110, 5.1 and 5.5)."""
    seen: set[str] = set()
    problems = []
    for name, value in headers.items():
        problem = _header_problem(name, value)
        if problem is None and name.lower() in seen:
            problem = f"{shortened(name)} is given twice, in capitals and not; only one would be sent"
        seen.add(name.lower())
        if problem is not None:
            problems.append(f"headers: {problem}")
    return problems


def _header_problem(name: str, value: str) -> str | None:
    if not _TOKEN.fullmatch(name):
        return f"{_quoted(name)} is not the name of a header; use letters, digits and -"
    if not _FIELD_VALUE.fullmatch(value):
        return (
            f"the value of {shortened(name)} contains a line break, a control character or a letter that is not "
            "ASCII; percent-encode it, or use RFC 8187 (name*=UTF-8''value)"
        )
    if _OUTER_BLANK.fullmatch(value):
        return f"the value of {shortened(name)} begins or ends with a blank or a tab; leave it out"
    return None


def framing_problem(headers: Mapping[str, str], length: int | None) -> str | None:
    """Return which header says something else of the body than what is sent, or None (RFC 9112, 6).

    `length` is that of the body in bytes, None where it depends on a secret.
    """
    for name, value in headers.items():
        if name.lower() == "transfer-encoding":
            return f"headers: {name} cannot be set: a body is sent as a whole, with its Content-Length; leave it out"
        if name.lower() != "content-length" or _SECRET.search(value):
            continue
        if not (value.isascii() and value.isdigit()):
            return f"headers: {name} {_quoted(value)} is not a number; leave it out, it is added"
        if length is not None and value != str(length):
            return f"headers: {name} is {_quoted(value)} and the body has {length:,} bytes; leave it out, it is added"
    return None


def shortened(text: str) -> str:
    """Return the beginning of a text that is quoted in a message."""
    return text if len(text) <= _MOST_QUOTED else f"{text[:_MOST_QUOTED]}…"


def _quoted(text: str) -> str:
    return repr(shortened(text))


def arguments_problem(arguments: Sequence[str]) -> list[FieldError]:
    """Return an error where a task has arguments, which an HTTP request does not use."""
    if not arguments:
        return []
    return [FieldError("arguments", "are not used by the executor http; put them into the url, headers or body")]
