"""The icon in the tray."""

from console.connection.backend_connection import ConnectionState
from console.theme.glyphs import Glyph
from console.tray import state_glyph


def test_the_tray_shows_trouble_before_what_runs() -> None:
    assert state_glyph([ConnectionState.ONLINE, ConnectionState.OFFLINE], []) is Glyph.TRIANGLE
    assert state_glyph([ConnectionState.ONLINE], []) is None
