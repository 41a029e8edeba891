"""Deep links open the console."""

from pathlib import Path

from console.deep_link_handler import DeepLinkHandler, desktop_entry, quoted


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
