"""F1 opens the page of the view that is shown."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest

from console import documentation
from console.application import Console
from console.documentation import open_page
from console.views.known_views import PAGES, VIEWS, ViewSpec
from tests.console.conftest import Play, activate, words_in

DOCS = Path(__file__).parents[2] / "docs"
PageFile = Callable[..., Path | None]


class Desktop(QObject):
    """The system's browser."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[QUrl] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url)


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    desktop = Desktop()
    QDesktopServices.setUrlHandler("file", desktop, "open")  # type: ignore[arg-type]
    yield desktop
    QDesktopServices.unsetUrlHandler("file")


def installed(folder: Path) -> PageFile:
    """Return where pages would be if the documentation were installed in a folder."""
    return lambda page, *, language: folder / language / f"{page}.html"


def test_f1_opens_the_page_of_each_view(
    play: Play, desktop: Desktop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, in_english: None
) -> None:
    monkeypatch.setattr(documentation, "page_file", installed(tmp_path))

    async def scenario(console: Console) -> None:
        await activate(console.window)
        for spec in VIEWS:
            console.window.show_view(spec.name)
            QTest.keyClick(console.window, Qt.Key.Key_F1)
            page, _, section = spec.help_page.partition("#")
            [url] = desktop.opened
            assert (url.toLocalFile(), url.fragment()) == (str(tmp_path / "en" / f"{page}.html"), section)
            desktop.opened.clear()
        console.window.side_bar.help_clicked.emit()
        assert len(desktop.opened) == 1

    play(scenario)


def test_a_chinese_console_asks_for_the_chinese_page(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, in_chinese: None
) -> None:
    monkeypatch.setattr(documentation, "page_file", installed(tmp_path))
    assert open_page("how-to/alerts") is None
    assert [url.toLocalFile() for url in desktop.opened] == [str(tmp_path / "zh" / "how-to" / "alerts.html")]


def test_without_the_documentation_the_view_says_how_to_get_it(
    play: Play, desktop: Desktop, monkeypatch: pytest.MonkeyPatch, in_english: None
) -> None:
    monkeypatch.setattr(documentation, "page_file", lambda page, *, language: None)

    async def scenario(console: Console) -> None:
        await activate(console.window)
        QTest.keyClick(console.window, Qt.Key.Key_F1)
        assert not console.window.error_banner.isHidden()
        assert "make docs" in words_in(console.window.error_banner)
        assert desktop.opened == []

    play(scenario)


def test_a_system_without_a_browser_gets_the_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, in_english: None
) -> None:
    monkeypatch.setattr(documentation, "page_file", installed(tmp_path))
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: False)
    trouble = open_page("start/console#queue")
    assert trouble is not None
    assert str(tmp_path / "en" / "start" / "console.html") in trouble.next_step


@pytest.mark.parametrize("spec", [*VIEWS, *PAGES], ids=lambda spec: spec.name)
def test_the_page_of_each_view_exists_with_its_section_in_both_languages(spec: ViewSpec) -> None:
    page, _, section = spec.help_page.partition("#")
    english = DOCS / f"{page}.md"
    assert english.is_file()
    for file in (english, DOCS / f"{page}.zh.md"):
        if section and file.is_file():
            assert f"{{#{section}}}" in file.read_text("utf-8"), file
