"""What follows a redirect: the method, and what may leave the origin."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_CONTENT_PREFIX = "content-"
_CONTENT_HEADERS = frozenset(
    {"digest", "repr-digest", "last-modified", "etag", "expect", "trailer", "transfer-encoding"}
)
"""With those that begin with the prefix: what describes a body or its transfer (RFC 9110, 8.3 to 8.8 and 15.4)."""
_HARMLESS_HEADERS = frozenset({"accept", "accept-language", "user-agent"})
"""The only headers of a task that another origin gets: any other may hold a credential, whatever its name."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request of a chain of redirects; `has_body` says that the task's body is sent with it."""

    method: str
    url: str
    headers: Mapping[str, str]
    has_body: bool


class RedirectRefusedError(Exception):
    """A redirect that is not followed; the text is one line for a person."""


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port of a URL (RFC 6454); raises ValueError for a malformed one."""
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or _DEFAULT_PORTS.get(parts.scheme)


def redirected(request: HttpRequest, *, status: int, location: str) -> HttpRequest:
    """Return the request that follows a redirect.

    As browsers and curl do, 303 leads to GET, and so do 301 and 302 after POST, without body and content headers; 307
    and 308 keep both; HEAD stays HEAD. To another origin only harmless headers go, and never a body.

    Raises:
        RedirectRefusedError: the body would go to another origin, or the location is malformed.
    """
    try:
        url = urljoin(request.url, location)
        leaves_origin = origin(url) != origin(request.url)
    except ValueError as error:
        raise RedirectRefusedError("the location of the redirect is not a valid address") from error
    method, has_body, headers = request.method, request.has_body, dict(request.headers)
    becomes_get = (status == 303 and method != "HEAD") or (status in (301, 302) and method == "POST")
    if becomes_get:
        method, has_body = "GET", False
        headers = {name: value for name, value in headers.items() if not _describes_body(name)}
    if leaves_origin:
        if has_body:
            raise RedirectRefusedError("the redirect leads to another origin, to which the body is not sent")
        headers = {name: value for name, value in headers.items() if name.lower() in _HARMLESS_HEADERS}
    return HttpRequest(method, url, headers, has_body)


def _describes_body(header: str) -> bool:
    name = header.lower()
    return name in _CONTENT_HEADERS or name.startswith(_CONTENT_PREFIX)
