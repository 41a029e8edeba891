"""The one palette, in two themes."""

from dataclasses import dataclass
from typing import Literal

ThemeName = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by what they are for, as `#rrggbb`."""

    ground: str
    panel: str
    raised: str
    line: str
    text: str
    muted: str
    accent: str
    on_accent: str
    good: str
    bad: str
    warning: str
    idle: str
    is_dark: bool

    @property
    def chart_fill(self) -> float:
        """How strongly an area is filled, 0 to 1."""
        return 0.28 if self.is_dark else 0.18


LIGHT = Palette(
    ground="#f6f7f9",
    panel="#ffffff",
    raised="#f0f2f5",
    line="#e1e4ea",
    text="#1c2024",
    muted="#60646c",
    accent="#2563eb",
    on_accent="#ffffff",
    good="#18794e",
    bad="#cd2b31",
    warning="#ad5700",
    idle="#8b8d98",
    is_dark=False,
)

DARK = Palette(
    ground="#16181d",
    panel="#1d2027",
    raised="#252933",
    line="#2e333d",
    text="#e6e8ec",
    muted="#9aa1ad",
    accent="#6ea8fe",
    on_accent="#10131a",
    good="#4cc38a",
    bad="#ff6369",
    warning="#ffb224",
    idle="#6f7682",
    is_dark=True,
)

TINT = 0.10
"""The share of a connection's colour in the strip above a view."""


def blend(ground: str, colour: str, share: float) -> str:
    """Return `ground` with `share` (0 to 1) of `colour` in it."""
    pairs = [(int(ground[at : at + 2], 16), int(colour[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(under + (over - under) * share):02x}" for under, over in pairs)


def colour_named(palette: "Palette", name: str) -> str:
    """Return the palette's colour of that name, or `name` itself where it is a `#rrggbb`."""
    if name in ("good", "warning", "bad", "accent", "idle"):
        return str(getattr(palette, name))
    is_colour = len(name) == 7 and name.startswith("#") and all(one in "0123456789abcdefABCDEF" for one in name[1:])
    return name if is_colour else palette.accent


TEXT_ON: tuple[tuple[str, str], ...] = (
    ("text", "ground"),
    ("text", "panel"),
    ("text", "raised"),
    ("muted", "ground"),
    ("muted", "panel"),
    ("muted", "raised"),
    ("accent", "panel"),
    ("accent", "ground"),
    ("on_accent", "accent"),
    ("good", "panel"),
    ("bad", "panel"),
    ("warning", "panel"),
)
"""Every pair of text and ground that the console uses."""


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21, by WCAG 2.2's definition."""

    def luminance(colour: str) -> float:
        parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)
