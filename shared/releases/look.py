"""Reading the announcement of the newest version from its address."""

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import platformdirs

from shared.client.protection import sends_in_clear, trust
from shared.errors import FieldError, ValidationFailedError
from shared.releases.announcement import Announcement, Verdict, judge, order_of
from shared.releases.minisign import MinisignError, PublicKey, trusted_comment
from shared.version import VERSION

URL_VARIABLE = "TASKDECK_RELEASES_URL"
KEY_VARIABLE = "TASKDECK_RELEASES_KEY"

_MOST_BYTES = 8192
"""A signature of minisign has some 350."""
_TIMEOUT = timedelta(seconds=10)
_MOST_REDIRECTS = 3
_HEADERS = {"User-Agent": "taskdeck", "Accept": "*/*", "Accept-Encoding": "identity"}
"""All that a request has besides the host: no version, no id, no cookie."""


@dataclass(frozen=True, slots=True)
class ReleaseSource:
    """Where releases are announced, and by whom."""

    url: str
    key: PublicKey

    @staticmethod
    def parse(url: str, key: str) -> "ReleaseSource":
        """Return the source; raises `ValidationFailedError` that says what is missing or wrong."""
        if not url or not key:
            missing = URL_VARIABLE if not url else KEY_VARIABLE
            what = "address of the signed file" if not url else "public key of the releases"
            raise _refused(missing, f"The {what} is not set. The publisher of your version of Taskdeck names it.")
        try:
            is_address = httpx.URL(url).scheme in ("http", "https") and bool(httpx.URL(url).host)
        except httpx.InvalidURL:
            is_address = False
        if not is_address or sends_in_clear(url):
            raise _refused(URL_VARIABLE, f"{url} is not an https:// address.")
        try:
            return ReleaseSource(url, PublicKey.parse(key))
        except MinisignError as error:
            raise _refused(KEY_VARIABLE, f"{error}. It is the last line of the file minisign.pub.") from None


def _refused(field: str, message: str) -> ValidationFailedError:
    return ValidationFailedError(f"{field}: {message}", errors=[FieldError(field, message)])


@dataclass(frozen=True, slots=True)
class Found:
    """What a look found; `detail` says why nothing is known."""

    verdict: Verdict
    announced: Announcement | None = None
    detail: str = ""


def memory_of_user() -> Path:
    """Return the file with the newest version that was announced to this user."""
    return Path(platformdirs.user_config_dir("taskdeck", appauthor=False)) / "newest-version"


async def look(source: ReleaseSource, *, memory: Path, own: str = VERSION, timeout: timedelta = _TIMEOUT) -> Found:
    """Read the file once, and remember the version that it announces. Raises nothing."""
    try:
        async with asyncio.timeout(timeout.total_seconds()):
            content = await _read(source.url)
    except TimeoutError:
        return Found(Verdict.UNREACHABLE, detail=f"no complete answer within {timeout.total_seconds():g} s")
    except (httpx.HTTPError, OSError) as error:
        return Found(Verdict.UNREACHABLE, detail=str(error) or type(error).__name__)
    if len(content) > _MOST_BYTES:
        return Found(Verdict.NOT_VALID, detail=f"the file is larger than {_MOST_BYTES // 1024} KiB")
    try:
        announced = Announcement.parse(trusted_comment(content.decode(), source.key))
    except ValueError as error:
        is_text = not isinstance(error, UnicodeDecodeError)
        return Found(Verdict.NOT_VALID, detail=str(error) if is_text else "the file is not text")
    seen = _seen(memory)
    if order_of(announced.version) > order_of(seen):
        _remember(memory, announced.version)
    return Found(judge(announced.version, own=own, seen=seen), announced)


async def _read(url: str) -> bytes:
    """Return the file, or one byte more than it may have."""

    async def refuse_clear_text(request: httpx.Request) -> None:
        if sends_in_clear(str(request.url)):
            raise httpx.UnsupportedProtocol(f"it redirects to {request.url}, which is not encrypted")

    async with httpx.AsyncClient(
        verify=trust(""),
        follow_redirects=True,
        max_redirects=_MOST_REDIRECTS,
        event_hooks={"request": [refuse_clear_text]},
    ) as client:
        request = httpx.Request("GET", url, headers=_HEADERS)
        response = await client.send(request, stream=True)
        try:
            if not response.is_success:
                raise httpx.HTTPError(f"{response.url} answered with status {response.status_code}")
            content = bytearray()
            async for piece in response.aiter_raw():
                content += piece[: _MOST_BYTES + 1 - len(content)]
                if len(content) > _MOST_BYTES:
                    break
            return bytes(content)
        finally:
            await response.aclose()


def _seen(memory: Path) -> str:
    try:
        return memory.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""


def _remember(memory: Path, version: str) -> None:
    """Store the version; a disk that is full must not hide that there is a newer one."""
    partial = memory.with_suffix(".partial")
    with contextlib.suppress(OSError):
        memory.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial.write_text(version, encoding="utf-8")
        partial.replace(memory)
