"""Text on the tints of connections."""

import pytest

from console.theme.palette import DARK, LIGHT, TINT, Palette, blend, colour_named, contrast


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["good", "warning", "bad", "accent", "idle", "#ff00ff", "#000000", "#ffffff"])
def test_titles_can_be_read_on_every_tint(palette: Palette, name: str) -> None:
    ground = blend(palette.ground, colour_named(palette, name), TINT)
    assert contrast(palette.text, ground) >= 4.5
    assert blend(palette.ground, palette.bad, 0.0) == palette.ground


def test_a_colour_that_is_none_is_the_accent() -> None:
    assert colour_named(LIGHT, "red; }") == LIGHT.accent
