"""One file is read from a server on loopback, and nothing is sent."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.errors import ValidationFailedError
from shared.releases.announcement import Verdict
from shared.releases.look import Found, ReleaseSource, look
from tests.free_port import free_port
from tests.release_server import Publisher, ReleaseServer

OWN = "0.2.0"
PUBLIC_KEY = "RWSIr/gf2r/YRQ+RGBB1PMqBzYNS770LJXlhEjfWRaJA+R37uKgNMX7V"
"""The same in every process that collects the tests: it is a part of their names."""


@pytest.fixture
def server() -> Iterator[ReleaseServer]:
    with ReleaseServer().serving() as server:
        yield server


@pytest.fixture
def publisher() -> Publisher:
    return Publisher()


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    return tmp_path / "config" / "newest-version"


async def looked(server: ReleaseServer, publisher: Publisher, memory: Path, *, seconds: float = 30) -> Found:
    source = ReleaseSource.parse(server.url, publisher.public_key)
    return await look(source, memory=memory, own=OWN, timeout=timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("version", "verdict"), [("0.3.0", Verdict.NEWER), ("0.2.0", Verdict.CURRENT), ("0.1.0", Verdict.AHEAD)]
)
async def test_a_signed_announcement_is_an_answer(
    server: ReleaseServer, publisher: Publisher, memory: Path, version: str, verdict: Verdict
) -> None:
    server.content = publisher.announce(version)
    found = await looked(server, publisher, memory)
    assert (found.verdict, found.announced and found.announced.version) == (verdict, version)


async def test_the_request_says_nothing_about_who_asks(
    server: ReleaseServer, publisher: Publisher, memory: Path
) -> None:
    server.content = publisher.announce("0.3.0")
    await looked(server, publisher, memory)
    [(line, headers)] = server.requests
    assert line == "GET /SHA256SUMS.minisig HTTP/1.1"
    del headers["Host"]
    assert headers == {"User-Agent": "taskdeck", "Accept": "*/*", "Accept-Encoding": "identity"}


async def test_a_file_that_somebody_else_signed_is_ignored(
    server: ReleaseServer, publisher: Publisher, memory: Path
) -> None:
    server.content = Publisher().announce("9.0.0")
    found = await looked(server, publisher, memory)
    assert (found.verdict, found.announced) == (Verdict.NOT_VALID, None)
    assert not memory.exists()


async def test_an_older_file_is_ignored_once_a_newer_one_was_read(
    server: ReleaseServer, publisher: Publisher, memory: Path
) -> None:
    server.content = publisher.announce("0.4.0")
    assert (await looked(server, publisher, memory)).verdict is Verdict.NEWER
    server.content = publisher.announce("0.2.0")
    assert (await looked(server, publisher, memory)).verdict is Verdict.REPLAYED
    server.content = publisher.announce("0.4.0")
    assert (await looked(server, publisher, memory)).verdict is Verdict.NEWER


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"taskdeck 9.0.0 2026-11-30", b"x" * 100_000])
async def test_what_is_no_signature_is_ignored(
    server: ReleaseServer, publisher: Publisher, memory: Path, content: bytes
) -> None:
    server.content = content
    assert (await looked(server, publisher, memory)).verdict is Verdict.NOT_VALID


async def test_no_more_of_a_huge_file_is_read_than_a_signature_can_have(
    server: ReleaseServer, publisher: Publisher, memory: Path
) -> None:
    server.content = publisher.announce("0.3.0") + b"\n" * 50_000_000
    found = await looked(server, publisher, memory)
    assert (found.verdict, found.detail) == (Verdict.NOT_VALID, "the file is larger than 8 KiB")


async def test_a_server_that_does_not_finish_is_left(server: ReleaseServer, publisher: Publisher, memory: Path) -> None:
    server.content, server.is_stuck = publisher.announce("0.3.0"), True
    found = await looked(server, publisher, memory, seconds=0.5)
    assert (found.verdict, found.detail) == (Verdict.UNREACHABLE, "no complete answer within 0.5 s")


async def test_errors_of_the_server_are_said(server: ReleaseServer, publisher: Publisher, memory: Path) -> None:
    server.status = 404
    found = await looked(server, publisher, memory)
    assert found.verdict is Verdict.UNREACHABLE
    assert "404" in found.detail


async def test_a_redirect_without_encryption_is_not_followed(
    server: ReleaseServer, publisher: Publisher, memory: Path
) -> None:
    server.redirects_to = "http://releases.example.org/SHA256SUMS.minisig"
    found = await looked(server, publisher, memory)
    assert found.verdict is Verdict.UNREACHABLE
    assert "not encrypted" in found.detail


async def test_an_address_where_nobody_listens_is_unreachable(publisher: Publisher, memory: Path) -> None:
    source = ReleaseSource.parse(f"http://127.0.0.1:{free_port()}/", publisher.public_key)
    found = await look(source, memory=memory, own=OWN)
    assert found.verdict is Verdict.UNREACHABLE
    assert found.detail


async def test_a_memory_that_cannot_be_written_hides_nothing(
    server: ReleaseServer, publisher: Publisher, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    server.content = publisher.announce("0.3.0")
    assert (await looked(server, publisher, tmp_path / "file" / "newest-version")).verdict is Verdict.NEWER


@pytest.mark.parametrize(
    ("url", "key", "field"),
    [
        ("", "key", "TASKDECK_RELEASES_URL"),
        ("https://example.org/", "", "TASKDECK_RELEASES_KEY"),
        ("https://example.org/", "key", "TASKDECK_RELEASES_KEY"),
        ("http://example.org/", PUBLIC_KEY, "TASKDECK_RELEASES_URL"),
        ("file:///etc/passwd", PUBLIC_KEY, "TASKDECK_RELEASES_URL"),
        ("https://[::1", PUBLIC_KEY, "TASKDECK_RELEASES_URL"),
        ("nonsense", PUBLIC_KEY, "TASKDECK_RELEASES_URL"),
    ],
)
def test_what_cannot_be_looked_at_is_refused(url: str, key: str, field: str) -> None:
    with pytest.raises(ValidationFailedError, match=field):
        ReleaseSource.parse(url, key)
