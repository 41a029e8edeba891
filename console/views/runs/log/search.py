"""Finding a text in a log, a few thousand lines at a time."""

from array import array
from bisect import bisect_left, bisect_right

from console.views.runs.log.document import LogDocument


class LogSearch:
    """The matches of one text; a text without capitals matches any case.

    `step` looks through some lines more, so that a long log is searched between two frames.
    """

    def __init__(self, document: LogDocument, wanted: str) -> None:
        self._document = document
        self.wanted = wanted
        self._ignores_case = wanted == wanted.lower()
        self._next_line = 0
        self.lines = array("I")
        self.columns = array("I")

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def is_done(self) -> bool:
        """Whether all lines have been searched; the last one may still grow."""
        return not self.wanted or self._next_line >= len(self._document)

    def step(self, lines: int) -> None:
        """Search the next `lines` lines."""
        if not self.wanted:
            return
        end = min(self._next_line + lines, len(self._document))
        for line in range(self._next_line, end):
            for column in self.places_in(self._document.plain(line)):
                self.lines.append(line)
                self.columns.append(column)
        self._next_line = end

    def grown(self) -> None:
        """Search the last line again: it may have grown."""
        if self._next_line:
            self._next_line -= 1
            while self.lines and self.lines[-1] == self._next_line:
                self.lines.pop()
                self.columns.pop()

    def places_in(self, text: str) -> list[int]:
        """Return where the text is in a line."""
        if not self.wanted:
            return []
        looked_at = text.lower() if self._ignores_case else text
        found = []
        at = looked_at.find(self.wanted)
        while at >= 0:
            found.append(at)
            at = looked_at.find(self.wanted, at + len(self.wanted))
        return found

    def first_from(self, line: int) -> int | None:
        """Return the number of the first place at or below a line, else of the first of all."""
        if not self.lines:
            return None
        place = bisect_left(self.lines, line)
        return place if place < len(self.lines) else 0

    def last_until(self, line: int) -> int | None:
        """Return the number of the last place at or above a line, else of the last of all."""
        if not self.lines:
            return None
        return (bisect_right(self.lines, line) or len(self.lines)) - 1
