"""The console looks for a newer version only if it is asked to, and only tells."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest

from console import remembered
from console.application import Console
from console.newer_version import is_due
from console.preferences import Preference
from console.views.settings.newer_version_card import NewerVersionCard
from tests.console.conftest import Play, until
from tests.release_server import Publisher, ReleaseServer

DAY = 86_400


@pytest.mark.parametrize(
    ("now", "last", "due"),
    [(DAY, 0, True), (2 * DAY - 1, DAY, False), (2 * DAY, DAY, True), (DAY, DAY + 60, True), (DAY, DAY, False)],
)
def test_a_look_is_due_once_a_day(now: float, last: float, due: bool) -> None:
    assert is_due(now=now, last=last) is due


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ReleaseServer]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with ReleaseServer().serving() as server:
        yield server


def test_nothing_is_read_until_it_is_wanted_and_then_once_a_day(
    play: Play, server: ReleaseServer, in_english: None
) -> None:
    publisher = Publisher()
    server.content = publisher.announce("999.0.0")

    async def scenario(console: Console) -> None:
        looks = console.context.newer_version
        looks.look_daily()
        assert not looks.is_busy, "it is off by default"
        console.window.show_view("settings")
        [card] = console.window.current.findChildren(NewerVersionCard)
        for field, text in ((card.address, server.url), (card.key, publisher.public_key)):
            QTest.keyClicks(field, text)
            field.editingFinished.emit()
        card.choice.setCurrentIndex(card.choice.findData("daily"))
        card.choice.activated.emit(card.choice.currentIndex())
        assert server.requests == []
        looks.look_daily()
        await until(lambda: not looks.is_busy, looks.changed)
        assert "Taskdeck 999.0.0" in card.result.text()
        assert "Taskdeck 999.0.0" in console.window.toast.words.text()
        looks.look_daily()
        assert not looks.is_busy
        assert len(server.requests) == 1
        assert console.context.memory.get(remembered.LAST_LOOK) > DAY
        card.button.click()
        await until(lambda: not looks.is_busy, looks.changed)
        assert len(server.requests) == 2

    play(scenario)


def test_a_look_without_a_key_says_what_to_enter(play: Play, server: ReleaseServer, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        looks = console.context.newer_version
        console.preferences.put(Preference.RELEASES_URL, server.url)
        looks.look()
        await until(lambda: not looks.is_busy, looks.changed)
        assert "minisign.pub" in looks.words
        assert server.requests == []

    play(scenario)
