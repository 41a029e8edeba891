import pytest

from console.theme.palette import DARK, LIGHT, Palette, contrast
from console.theme.terminal_colours import READABLE, readable, terminal_colours
from console.views.runs.log.ansi import cube_colour


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_colour_of_a_terminal_can_be_read(palette: Palette) -> None:
    for colour in terminal_colours(palette):
        assert contrast(colour, palette.panel) >= 4.5, colour
    for place in range(16, 256):
        red, green, blue = cube_colour(place)
        shown = readable(f"#{red:02x}{green:02x}{blue:02x}", palette.panel, palette.text)
        assert contrast(shown, palette.panel) >= READABLE
