"""A command's output as numbered lines: a million of them in little memory, each read in constant time."""

import re
from array import array
from collections.abc import Iterator
from datetime import datetime
from itertools import accumulate
from operator import add
from unicodedata import east_asian_width

from console.views.runs.log.ansi import (
    ESCAPE,
    PLAIN,
    Span,
    Style,
    plain_text,
    spans,
    style_after,
    width_without_sequences,
)
from shared.enums import LogStream

NOTE = 2
_SOURCES = {LogStream.STDOUT: 0, LogStream.STDERR: 1}
STDERR = _SOURCES[LogStream.STDERR]
LONGEST_LINE = 16_384
_LEFT_OUT = re.compile(r"^… ([\d,]+) bytes left out …\n", re.MULTILINE)
"""The worker's note in the place of output beyond its limit; `backend/worker/output_capture.py` writes it."""
_NOT_SIMPLE = re.compile(r"[^\n\x20-\x7e]")


def cells(text: str) -> int:
    """Return how many columns a text takes: Chinese, Japanese and Korean characters take two."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)


def _cut(text: str) -> tuple[list[str], list[int], bool]:
    """Return the lines of a text, where each begins, and whether the last has not ended.

    A line without end would cost its whole length at every look: it is cut.
    """
    pieces = text.split("\n")
    is_open = bool(pieces[-1])
    if not is_open:
        pieces.pop()
    if len(text) <= LONGEST_LINE or max(map(len, pieces), default=0) <= LONGEST_LINE:
        return pieces, list(accumulate((len(piece) + 1 for piece in pieces[:-1]), initial=0))[: len(pieces)], is_open
    short: list[str] = []
    begins: list[int] = []
    begin = 0
    for piece in pieces:
        for at in range(0, len(piece) or 1, LONGEST_LINE):
            short.append(piece[at : at + LONGEST_LINE])
            begins.append(begin + at)
        begin += len(piece) + 1
    return short, begins, is_open


class LogDocument:
    """Lines as places in the texts that they came in.

    Each stream has at most one line that has not ended; what follows of that stream goes on with it, though lines
    of the other may stand between, so that no line is torn.
    """

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._text_of = array("I")
        self._begin = array("I")
        self._end = array("I")
        self._source = array("B")
        self._at = array("d")
        self._style_of = array("H")
        self._styles: list[Style] = [PLAIN]
        self._place_of_style: dict[Style, int] = {PLAIN: 0}
        self._open: dict[int, int] = {}
        self._style: dict[int, Style] = {}
        self.cells = array("I")
        self.widest = 0
        self.bytes_left_out = 0
        """How much of the output was not stored, as the notes in it say."""

    def __len__(self) -> int:
        return len(self._begin)

    def append(self, text: str, stream: LogStream, at: datetime) -> None:
        """Append a piece of output."""
        self._append(text, _SOURCES[stream], at.timestamp())

    def append_note(self, text: str) -> None:
        """Append a note of the console, which ends an unfinished line."""
        self._open.clear()
        self._style.clear()
        self._append(text + "\n", NOTE, 0.0)

    def raw(self, line: int) -> str:
        """Return a line as it came, without its end."""
        return self._texts[self._text_of[line]][self._begin[line] : self._end[line]]

    def plain(self, line: int) -> str:
        """Return the text of a line without escape sequences."""
        return plain_text(self.raw(line))

    def spans(self, line: int) -> list[Span]:
        """Return a line by style."""
        return spans(self.raw(line), self._styles[self._style_of[line]])[0]

    def is_note(self, line: int) -> bool:
        """Whether a line is a note of the console."""
        return self._source[line] == NOTE

    def is_stderr(self, line: int) -> bool:
        """Whether a line came on the error stream."""
        return self._source[line] == STDERR

    def at(self, line: int) -> float | None:
        """Return when a line began, as a POSIX time."""
        return self._at[line] or None

    def lines(self) -> Iterator[str]:
        """Yield the text of every line."""
        return (self.plain(line) for line in range(len(self)))

    def _append(self, text: str, source: int, at: float) -> None:
        open_line = self._open.pop(source, None)
        style = self._style.get(source, PLAIN)
        if open_line is not None:
            text = self.raw(open_line) + text
            style = self._styles[self._style_of[open_line]]
        if "…" in text:
            self.bytes_left_out += sum(int(found[1].replace(",", "")) for found in _LEFT_OUT.finditer(text))
        pieces, begins, is_open = _cut(text)
        is_simple = _NOT_SIMPLE.search(text) is None
        sizes = list(map(len, pieces))
        widths = sizes if is_simple else list(map(self._width, pieces))
        numbers = [self._place(style)] * len(pieces)
        if ESCAPE in text:
            for place, piece in enumerate(pieces):
                numbers[place] = self._place(style)
                if ESCAPE in piece:
                    style = style_after(piece, style)
        self._texts.append(text)
        new = 0
        if open_line is not None and pieces:
            new = 1
            self._text_of[open_line] = len(self._texts) - 1
            self._begin[open_line], self._end[open_line] = 0, sizes[0]
            self.cells[open_line] = widths[0]
        count = len(pieces) - new
        self._text_of.extend([len(self._texts) - 1] * count)
        self._begin.extend(begins[new:])
        self._end.extend(map(add, begins[new:], sizes[new:]))
        self._source.extend([source] * count)
        self._at.extend([at] * count)
        self._style_of.extend(numbers[new:])
        self.cells.extend(widths[new:])
        self.widest = max(self.widest, max(widths, default=0))
        self._style[source] = style
        if is_open:
            self._open[source] = len(self) - 1 if count or open_line is None else open_line

    @staticmethod
    def _width(piece: str) -> int:
        if piece.isascii() and piece.isprintable():
            return len(piece)
        short = width_without_sequences(piece)
        return cells(plain_text(piece)) if short is None else short

    def _place(self, style: Style) -> int:
        """Return a style's number; a program that uses more than can be numbered begins lines plainly."""
        place = self._place_of_style.get(style)
        if place is None:
            if len(self._styles) > 0xFFFF:
                return 0
            place = self._place_of_style[style] = len(self._styles)
            self._styles.append(style)
        return place
