"""The selected part of a log."""

from dataclasses import dataclass

from console.views.runs.log.document import LogDocument

Place = tuple[int, int]
"""A line, and a character of it."""


@dataclass(frozen=True, slots=True)
class Selection:
    """From the anchor of the selection to its end."""

    anchor: Place
    head: Place

    @property
    def is_empty(self) -> bool:
        """Whether nothing is selected."""
        return self.anchor == self.head

    def within(self, line: int, length: int) -> tuple[int, int] | None:
        """Return the selected characters of a line of `length`; the end is beyond it where the selection continues."""
        first, last = sorted((self.anchor, self.head))
        if self.is_empty or not first[0] <= line <= last[0]:
            return None
        begin = first[1] if line == first[0] else 0
        end = last[1] if line == last[0] else length + 1
        return begin, end

    def text(self, document: LogDocument) -> str:
        """Return the selected text."""
        first, last = sorted((self.anchor, self.head))
        lines = []
        for line in range(first[0], min(last[0] + 1, len(document))):
            words = document.plain(line)
            marked = self.within(line, len(words))
            if marked is not None:
                lines.append(words[marked[0] : marked[1]])
        return "\n".join(lines)


def word_at(text: str, at: int) -> tuple[int, int]:
    """Return the word around a character: what stands between spaces."""
    if at >= len(text) or text[at].isspace():
        return at, min(at + 1, len(text))
    begin = end = at
    while begin > 0 and not text[begin - 1].isspace():
        begin -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return begin, end
