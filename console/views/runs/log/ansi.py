"""Escape sequences in a command's output (ECMA-48, xterm): from text to spans of one style each. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

Rgb = tuple[int, int, int]
Colour = int | Rgb | None
"""A place in the terminal's palette (0 to 255), a true colour, or the default."""

ESCAPE = "\x1b"
TAB = 8
_FIRST_OF_CUBE, _FIRST_GREY = 16, 232

# CSI … final, OSC … BEL or ST, a string (DCS, PM, APC, SOS) … ST, one more byte; cut off at the end of a line they are
# not text either.
_SEQUENCE = re.compile(
    r"\x1b(?:"
    r"\[([0-?]*)[ -/]*([@-~]|$)"
    r"|\][^\x07\x1b]*(?:\x07|\x1b\\|$)"
    r"|[PX^_][^\x1b]*(?:\x1b\\|$)"
    r"|[ -/]*[0-~]"
    r"|$)"
)
_SELECT = re.compile(r"\x1b\[([0-?]*)[ -/]*m")
_PRIVATE = ("?", ">", "<", "=")
_CONTROLS = dict.fromkeys([*range(0x09), *range(0x0A, 0x20), *range(0x7F, 0xA0)])


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks."""

    foreground: Colour = None
    background: Colour = None
    bold: bool = False
    faint: bool = False
    italic: bool = False
    underlined: bool = False
    struck: bool = False
    inverse: bool = False
    hidden: bool = False


PLAIN = Style()

_SWITCHES: dict[int, dict[str, bool]] = {
    1: {"bold": True},
    2: {"faint": True},
    3: {"italic": True},
    4: {"underlined": True},
    7: {"inverse": True},
    8: {"hidden": True},
    9: {"struck": True},
    21: {"underlined": True},
    22: {"bold": False, "faint": False},
    23: {"italic": False},
    24: {"underlined": False},
    27: {"inverse": False},
    28: {"hidden": False},
    29: {"struck": False},
}


@dataclass(frozen=True, slots=True)
class Span:
    """Text of one style."""

    text: str
    style: Style


def spans(line: str, style: Style = PLAIN) -> tuple[list[Span], Style]:
    """Return a line's text by style, and the style that the next line begins with.

    Sequences that move the cursor or set a title are left out; control characters too, and a tab fills up to the
    next eighth column. What stands before a carriage return was written over, as progress bars do.
    """
    found: list[Span] = []
    column = 0
    for text, next_style in _pieces(line, style):
        if "\r" in text.rstrip("\r"):
            found.clear()
            column = 0
            text = text.rstrip("\r").rsplit("\r", 1)[1]
        clean, column = _clean(text, column)
        if clean:
            found.append(Span(clean, style))
        style = next_style
    return found, style


def plain_text(line: str) -> str:
    """Return the text of a line without escape sequences."""
    if ESCAPE not in line:
        if line.isprintable():
            return line
        return _clean(line.rstrip("\r").rsplit("\r", 1)[-1], 0)[0]
    return "".join(span.text for span in spans(line)[0])


def style_after(line: str, style: Style) -> Style:
    """Return the style that the line after this one begins with."""
    for parameters in _SELECT.findall(line):
        if not parameters.startswith(_PRIVATE):
            style = _after_select(parameters, style)
    return style


def width_without_sequences(line: str) -> int | None:
    """Return how many characters a line of plain ASCII and sequences shows; None where it holds more than that."""
    text = _SEQUENCE.sub("", line)
    return len(text) if text.isascii() and text.isprintable() else None


def _pieces(line: str, style: Style) -> Iterator[tuple[str, Style]]:
    """Yield each text between sequences, and the style that what follows it has."""
    at = 0
    for sequence in _SEQUENCE.finditer(line):
        if sequence.group(2) == "m" and not sequence.group(1).startswith(_PRIVATE):
            style = _after_select(sequence.group(1), style)
        yield line[at : sequence.start()], style
        at = sequence.end()
    yield line[at:], style


def _clean(text: str, column: int) -> tuple[str, int]:
    text = text.translate(_CONTROLS)
    if "\t" in text:
        parts = text.split("\t")
        filled = []
        for part in parts[:-1]:
            column += len(part)
            gap = TAB - column % TAB
            filled.append(part + " " * gap)
            column += gap
        return "".join(filled) + parts[-1], column + len(parts[-1])
    return text, column + len(text)


@lru_cache(maxsize=1024)
def _after_select(parameters: str, style: Style) -> Style:
    """Return the style after `CSI parameters m`; a colour that makes no sense changes nothing."""
    parts = parameters.split(";")
    place = 0
    while place < len(parts):
        if ":" in parts[place]:
            style = _with_colons(parts[place].split(":"), style)
            place += 1
            continue
        code = int(parts[place] or 0)
        place += 1
        if code in (38, 48):
            colour, used = _extended(parts[place:])
            place += used
            if colour is not None:
                style = _with_colour(style, colour, is_ground=code == 48)
        else:
            style = _after_code(code, style)
    return style


def _after_code(code: int, style: Style) -> Style:
    if code == 0:
        return PLAIN
    if code in _SWITCHES:
        return replace(style, **_SWITCHES[code])
    if 30 <= code <= 37 or 90 <= code <= 97:
        return replace(style, foreground=code - 30 if code < 90 else code - 82)
    if 40 <= code <= 47 or 100 <= code <= 107:
        return replace(style, background=code - 40 if code < 100 else code - 92)
    if code == 39:
        return replace(style, foreground=None)
    if code == 49:
        return replace(style, background=None)
    return style


def _with_colons(parts: Sequence[str], style: Style) -> Style:
    """Read `38:2::r:g:b`, `38:2:r:g:b`, `38:5:n` and `4:3`."""
    code = int(parts[0] or 0)
    if code == 4:
        return replace(style, underlined=parts[1] != "0")
    if code not in (38, 48):
        return style
    rest = list(parts[1:])
    if rest[0] == "2" and len(rest) > 4:
        del rest[1]
    colour, _used = _extended(rest)
    return style if colour is None else _with_colour(style, colour, is_ground=code == 48)


def _extended(parts: Sequence[str]) -> tuple[Colour, int]:
    """Return the colour after 38 or 48, and how many parameters it took."""
    numbers = [int(part) if part.isdecimal() else 0 for part in parts[:4]]
    if numbers[:1] == [5] and len(numbers) >= 2:
        return (numbers[1] if numbers[1] < 256 else None), 2
    if numbers[:1] == [2] and len(numbers) >= 4:
        red, green, blue = numbers[1:4]
        return ((red, green, blue) if max(numbers[1:4]) < 256 else None), 4
    return None, len(numbers)


def _with_colour(style: Style, colour: Colour, *, is_ground: bool) -> Style:
    return replace(style, background=colour) if is_ground else replace(style, foreground=colour)


def cube_colour(place: int) -> Rgb:
    """Return a colour of the palette from 16 on: a cube of 6 by 6 by 6, then 24 greys."""
    if place >= _FIRST_GREY:
        grey = 8 + 10 * (place - _FIRST_GREY)
        return grey, grey, grey
    place -= _FIRST_OF_CUBE
    red, green, blue = (0 if level == 0 else 55 + 40 * level for level in (place // 36, place // 6 % 6, place % 6))
    return red, green, blue
