"""The list of saved connections."""

from pathlib import Path

from console.connection.saved_connections import (
    SavedConnection,
    SavedConnections,
    as_address,
    suggested_colour,
    with_saved,
)
from console.memory import Memory

PRODUCTION = SavedConnection("Production", "https://prod.example.org:8443", "bad")
STAGING = SavedConnection("", "https://staging.example.org", "warning")
HERE = SavedConnection("", colour="good")


def test_colours_warn_of_production() -> None:
    assert suggested_colour("Production", "https://a") == "bad"
    assert suggested_colour("", "https://staging.a") == "warning"
    assert suggested_colour("", "http://localhost:8080") == "good"
    assert suggested_colour("eu-1", "https://eu-1.a") == "accent"


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
