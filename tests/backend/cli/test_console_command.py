"""What `taskdeck console` says where it cannot open."""

import sys

import pytest
import typer
from typer.core import TyperCommand

from console.command import open_console
from shared.errors import StartupError

CONTEXT = typer.Context(TyperCommand("console"))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a display")
def test_the_console_reports_a_missing_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(StartupError, match="There is no display"):
        open_console(CONTEXT)


def test_the_console_names_the_package_to_install_without_qt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setitem(sys.modules, "console.start", None)
    with pytest.raises(StartupError, match=r"pip install 'taskdeck\[console\]'"):
        open_console(CONTEXT)
