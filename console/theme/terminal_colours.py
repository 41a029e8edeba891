"""The colours in which a command's output is shown, so that they can be read on the console's own ground."""

from functools import lru_cache

from console.theme.palette import Palette, contrast

LIGHT_TERMINAL: tuple[str, ...] = (
    *("#1c2024", "#c01c28", "#18794e", "#915700", "#2563eb", "#9333a8", "#0b7285", "#60646c"),
    *("#60646c", "#cd2b31", "#0f7a4a", "#a15c00", "#1d4fd8", "#a0349f", "#0a7c8c", "#3b3f45"),
)
DARK_TERMINAL: tuple[str, ...] = (
    *("#9aa1ad", "#ff6369", "#4cc38a", "#ffb224", "#6ea8fe", "#d19dff", "#4ccce6", "#d5d8de"),
    *("#9aa1ad", "#ff8589", "#6fdba6", "#ffcb5e", "#94c0ff", "#e0b8ff", "#7fdcf0", "#ffffff"),
)
"""Black to white, then the bright ones; black and white are what can be told from the ground."""

READABLE = 3.0
"""The least contrast that a colour of a program's own choice is brought to."""


def terminal_colours(palette: Palette) -> tuple[str, ...]:
    """Return the sixteen colours of a theme."""
    return DARK_TERMINAL if palette.is_dark else LIGHT_TERMINAL


def _parts(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


@lru_cache(maxsize=4096)
def readable(colour: str, ground: str, text: str) -> str:
    """Return `colour`, or the nearest one on the way to `text` that can be read on `ground`."""
    mixed = colour
    for tenths in range(1, 11):
        if contrast(mixed, ground) >= READABLE:
            break
        parts = (own + (other - own) * tenths // 10 for own, other in zip(_parts(colour), _parts(text), strict=True))
        mixed = "#" + "".join(f"{part:02x}" for part in parts)
    return mixed
