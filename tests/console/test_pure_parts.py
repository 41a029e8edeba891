"""What the shell decides, without a window."""

import asyncio
import os
import shutil
import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.backend_log_dialog import tail
from console.connection.backend_connection import FIRST_DELAY_SECONDS, MOST_DELAY_SECONDS, ConnectionState, next_delay
from console.connection.endpoint import trust
from console.connection.errors import certificate_trouble, explain
from console.connection.local_keeper import MOST_RESTARTS, restart_delay
from console.connection.saved_connections import (
    SavedConnection,
    SavedConnections,
    as_address,
    suggested_colour,
    with_saved,
)
from console.deep_link import DeepLink, connection_of, read_deep_link, write_deep_link
from console.deep_link_handler import DeepLinkHandler, desktop_entry, quoted
from console.memory import Memory
from console.running_console import DeepLinkListener, hand_over
from console.subscriptions import is_worth_telling
from console.theme.glyphs import Glyph
from console.theme.palette import DARK, LIGHT, TINT, Palette, blend, colour_named, contrast
from console.tray import state_glyph
from console.words import Times
from shared.client import TaskdeckClient
from shared.errors import BackendUnreachableError
from shared.models.run import Run

PRODUCTION = SavedConnection("Production", "https://prod.example.org:8443", "bad")
STAGING = SavedConnection("", "https://staging.example.org", "warning")
HERE = SavedConnection("", colour="good")


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("taskdeck://prod.example.org:8443/tasks/17", DeepLink("prod.example.org:8443", "tasks", "17")),
        ("taskdeck://local/runs/4/", DeepLink("", "runs", "4")),
        ("taskdeck:///runs/4", DeepLink("", "runs", "4")),
        ("TASKDECK://Local/workers/vm%20a", DeepLink("", "workers", "vm a")),
        ("https://prod.example.org/tasks/17", None),
        ("taskdeck://prod.example.org/tasks/seventeen", None),
        ("taskdeck://prod.example.org/users/1", None),
        ("taskdeck://prod.example.org/tasks/1?then=delete", None),
        ("taskdeck://local/tasks/99999999999999999999", None),
    ],
)
def test_links_name_a_backend_and_an_object(text: str, link: DeepLink | None) -> None:
    assert read_deep_link(text) == link


@given(st.sampled_from([PRODUCTION, STAGING, HERE]), st.sampled_from(["tasks", "runs"]), st.integers(1, 2**63 - 1))
def test_a_link_that_was_written_leads_back(connection: SavedConnection, view: str, object_id: int) -> None:
    link = read_deep_link(write_deep_link(connection, view, object_id))
    assert link is not None
    assert link.wanted == {view[:-1]: object_id}
    assert connection_of(link, [HERE, PRODUCTION, STAGING]) == connection


def test_a_host_without_a_port_is_found_where_only_one_has_it() -> None:
    link = read_deep_link("taskdeck://prod.example.org/tasks/1")
    assert link is not None
    assert connection_of(link, [HERE, PRODUCTION]) == PRODUCTION
    assert connection_of(link, [PRODUCTION, SavedConnection("b", "https://prod.example.org:9443")]) is None
    assert connection_of(link, [HERE, STAGING]) is None


def test_colours_warn_of_production() -> None:
    assert suggested_colour("Production", "https://a") == "bad"
    assert suggested_colour("", "https://staging.a") == "warning"
    assert suggested_colour("", "http://localhost:8080") == "good"
    assert suggested_colour("eu-1", "https://eu-1.a") == "accent"


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["good", "warning", "bad", "accent", "idle", "#ff00ff", "#000000", "#ffffff"])
def test_titles_can_be_read_on_every_tint(palette: Palette, name: str) -> None:
    ground = blend(palette.ground, colour_named(palette, name), TINT)
    assert contrast(palette.text, ground) >= 4.5
    assert blend(palette.ground, palette.bad, 0.0) == palette.ground


def test_a_colour_that_is_none_is_the_accent() -> None:
    assert colour_named(LIGHT, "red; }") == LIGHT.accent


def test_connections_are_kept_by_address(tmp_path: Path) -> None:
    settings = Memory.in_file(tmp_path / "s.ini")
    known = SavedConnections(settings)
    assert [one.is_local for one in known.all()] == [True]
    known.save(PRODUCTION)
    known.save(SavedConnection("Prod", PRODUCTION.url, "#ff0000", "anna", "/ca.pem"))
    known.use(STAGING.url)
    assert [one.shown_name for one in SavedConnections(settings).all()][1:] == ["Prod", "staging.example.org"]
    assert known.last == STAGING.url
    known.remove(PRODUCTION.url)
    assert [one.url for one in known.all()] == ["", STAGING.url]
    assert with_saved([HERE], HERE) == [HERE]


def test_what_is_typed_becomes_an_address() -> None:
    assert as_address(" taskdeck.example.org/ ") == "https://taskdeck.example.org"
    assert as_address("localhost:8080") == "http://localhost:8080"
    assert as_address("http://a") == "http://a"


@pytest.mark.parametrize(
    ("words", "step"),
    [
        ("certificate verify failed: self-signed certificate (_ssl.c:1006)", "Certificate authority"),
        ("certificate verify failed: unable to get local issuer certificate", "Certificate authority"),
        ("certificate verify failed: certificate has expired", "Renew"),
        ("certificate verify failed: Hostname mismatch, certificate is not valid for 'a'", "name"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", "http://"),
    ],
)
def test_an_error_of_a_certificate_says_what_to_do(words: str, step: str) -> None:
    trouble = explain(
        BackendUnreachableError(f"The backend at https://a cannot be reached: nothing answers ({words}).")
    )
    assert "identity" in trouble.what
    assert step in trouble.next_step
    assert words in trouble.details
    assert certificate_trouble("nothing answers there") is None


def test_an_authority_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert trust("") is True
    for path in (tmp_path / "absent.pem", tmp_path / "empty.pem"):
        if path.name == "empty.pem":
            path.touch()
        with pytest.raises(BackendUnreachableError, match=path.name):
            trust(str(path))


def test_a_backend_that_dies_again_and_again_is_left_alone() -> None:
    deaths: list[float] = []
    delays = []
    for number in range(MOST_RESTARTS + 1):
        deaths.append(float(number))
        delays.append(restart_delay(deaths, float(number)))
    assert delays == [0.0, 1.0, 2.0, 4.0, 8.0, None]
    assert restart_delay(deaths, 10_000.0) == 0.0, "old deaths are forgiven"


def run(status: str, task_id: int = 7) -> Run:
    fields = {"id": 1, "task_id": task_id, "task_name": "t", "status": status, "trigger": "manual"}
    return Run.model_validate({**fields, "attempt": 1, "priority": "normal", "queued_at": datetime.now(UTC)})


@pytest.mark.parametrize(
    ("status", "choice", "subscribed", "told"),
    [
        ("failed", "subscribed", {7}, True),
        ("timed_out", "subscribed", {7}, True),
        ("failed", "subscribed", {8}, False),
        ("failed", "all", set(), True),
        ("failed", "none", {7}, False),
        ("succeeded", "all", {7}, False),
        ("cancelled", "all", {7}, False),
    ],
)
def test_only_wanted_failures_are_told(status: str, choice: str, subscribed: set[int], told: bool) -> None:
    assert is_worth_telling(run(status), choice=choice, subscribed=frozenset(subscribed)) is told


def test_the_tray_shows_trouble_before_what_runs() -> None:
    assert state_glyph([ConnectionState.ONLINE, ConnectionState.OFFLINE], []) is Glyph.TRIANGLE
    assert state_glyph([ConnectionState.ONLINE], []) is None


def test_times_are_written_as_the_person_wants() -> None:
    now = datetime.now(UTC)
    old = now - timedelta(days=800)
    assert Times("absolute").show(now, now) == f"{now.astimezone():%H:%M:%S}"
    assert Times("absolute").show(old, now) == f"{old.astimezone():%Y-%m-%d}"
    assert Times("relative").show(now - timedelta(minutes=5), now) == "5 min ago"
    assert Times().show(None) == ""


def test_the_end_of_a_log_begins_with_a_whole_line(tmp_path: Path) -> None:
    path = tmp_path / "log"
    assert tail(path) == ""
    path.write_text("".join(f"line {number}\n" for number in range(100)))
    assert tail(path, 21) == "line 98\nline 99\n"
    assert tail(path).startswith("line 0\n")


def test_the_desktop_learns_of_our_links(tmp_path: Path) -> None:
    handler = DeepLinkHandler(tmp_path / "applications")
    handler.install()
    assert handler.is_installed
    text = next((tmp_path / "applications").iterdir()).read_text()
    assert "MimeType=x-scheme-handler/taskdeck;" in text
    assert "console %u" in text
    handler.remove()
    assert not handler.is_installed
    assert quoted(Path('/a b/"c"/100%')) == r'"/a b/\"c\"/100%%"'
    assert desktop_entry("x").endswith("\n")


def test_a_link_goes_to_the_console_that_runs(qapp: QApplication, qtbot: QtBot) -> None:
    name = f"taskdeck-test-{os.getpid()}"
    assert not hand_over("taskdeck://local/runs/1", name)
    first = DeepLinkListener(qapp, name)
    second = DeepLinkListener(qapp, name)
    assert first.is_listening
    assert not second.is_listening
    with qtbot.waitSignal(first.heard) as heard:
        assert hand_over("taskdeck://local/runs/1", name)
    assert heard.args == ["taskdeck://local/runs/1"]
    first.close()
    assert not hand_over("taskdeck://local/runs/1", name)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate that signs itself, and its key beside it."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is not installed")
    made = tmp_path / "own.pem"
    command = [program, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(tmp_path / "own.key"), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    return made


async def test_a_certificate_of_ones_own_is_refused_until_its_authority_is_named(certificate: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, certificate.with_suffix(".key"))
    body = b'{"status": "ok", "version": "1", "data": []}'

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
        writer.write(head + str(len(body)).encode() + b"\r\n\r\n" + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
    url = f"https://localhost:{server.sockets[0].getsockname()[1]}"
    async with server:
        with pytest.raises(BackendUnreachableError) as refused:
            async with TaskdeckClient(url, verify=trust("")) as client:
                await client.request("GET", "/health")
        trouble = explain(refused.value)
        assert "identity" in trouble.what
        assert "Certificate authority" in trouble.next_step
        async with TaskdeckClient(url, verify=trust(str(certificate))) as client:
            assert (await client.request("GET", "/health"))["status"] == "ok"
        other = url.replace("localhost", "127.0.0.1")
        with pytest.raises(BackendUnreachableError) as mismatched:
            async with TaskdeckClient(other, verify=trust(str(certificate))) as client:
                await client.request("GET", "/health")
        assert "another name" in explain(mismatched.value).why


def test_a_lost_backend_is_tried_ever_less_often_and_one_that_starts_at_an_even_pace() -> None:
    delays = [FIRST_DELAY_SECONDS]
    for _ in range(9):
        delays.append(next_delay(delays[-1], ConnectionState.OFFLINE))
    assert delays == sorted(delays)
    assert delays[-1] == MOST_DELAY_SECONDS
    assert next_delay(delays[-1], ConnectionState.CONNECTING) == FIRST_DELAY_SECONDS
