"""`taskdeck version --check` against a server on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from backend.cli.exit_codes import ExitCode
from backend.cli.main import app
from shared.errors import ValidationFailedError
from shared.version import VERSION
from tests.release_server import Publisher, ReleaseServer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ReleaseServer]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with ReleaseServer().serving() as server:
        monkeypatch.setenv("TASKDECK_RELEASES_URL", server.url)
        yield server


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Publisher:
    publisher = Publisher()
    monkeypatch.setenv("TASKDECK_RELEASES_KEY", publisher.public_key)
    return publisher


def check() -> Result:
    return CliRunner().invoke(app, ["version", "--check"])


def test_without_check_nothing_is_asked(server: ReleaseServer, publisher: Publisher) -> None:
    assert CliRunner().invoke(app, ["version"]).output == f"{VERSION}\n"
    assert server.requests == []


def test_it_says_what_is_newer_and_changes_nothing(server: ReleaseServer, publisher: Publisher) -> None:
    server.content = publisher.announce("999.0.0")
    said = check()
    assert (said.exit_code, said.output) == (0, f"Taskdeck 999.0.0 of 2026-11-30 is available. This is {VERSION}.\n")
    server.content = publisher.announce(VERSION)
    replayed = check()
    assert replayed.exit_code == ExitCode.FAILED
    assert "a newer version was announced before" in replayed.output


def test_it_says_that_this_is_the_newest(server: ReleaseServer, publisher: Publisher) -> None:
    server.content = publisher.announce(VERSION)
    said = check()
    assert (said.exit_code, said.output) == (0, f"This is the newest version: {VERSION} of 2026-11-30.\n")


def test_nothing_known_is_a_failure(server: ReleaseServer, publisher: Publisher) -> None:
    server.content = Publisher().announce("999.0.0")
    assert (check().exit_code, "not valid" in check().output) == (ExitCode.FAILED, True)
    server.status = 500
    assert check().exit_code == ExitCode.UNREACHABLE


def test_without_an_address_it_says_what_is_missing() -> None:
    said = check()
    assert isinstance(said.exception, ValidationFailedError)
    assert "TASKDECK_RELEASES_URL" in str(said.exception)
