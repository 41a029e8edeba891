"""How well what was typed fits a text: letters in order, the better the closer they are to how one abbreviates."""

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")

_START = 12
_WORD_START = 8
_NEXT_TO = 6
_EXACT = 60
_PREFIX = 30
_WHOLE_WORD = 20
_MOST_GAP = 8


def score(query: str, text: str) -> int | None:
    """Return how well `query` fits, more is better; None where it does not fit at all.

    Each word of the query must be in the text as letters in order; an empty query fits everything equally.
    """
    low = text.casefold()
    total = 0
    for word in query.casefold().split():
        found = _score_word(word, low)
        if found is None:
            return None
        total += found
    return total


def _score_word(word: str, text: str) -> int | None:
    if word == text:
        return _EXACT + _START + len(word) * _NEXT_TO
    at = text.find(word)
    if at >= 0:
        points = len(word) * _NEXT_TO + _WHOLE_WORD
        points += _PREFIX if at == 0 else _WORD_START if _begins_word(text, at) else 0
        return points - min(len(text) // 16, _MOST_GAP)
    return _score_letters(word, text)


def _score_letters(word: str, text: str) -> int | None:
    points, last = 0, -1
    for letter in word:
        at = text.find(letter, last + 1)
        if at < 0:
            return None
        if at == last + 1 and last >= 0:
            points += _NEXT_TO
        elif _begins_word(text, at):
            points += _WORD_START
        else:
            points -= min(at - last, _MOST_GAP)
        last = at
    return points


def _begins_word(text: str, at: int) -> bool:
    return at == 0 or not text[at - 1].isalnum()


def rank(query: str, candidates: Iterable[T], words: Callable[[T], str]) -> list[T]:
    """Return the candidates that fit, best first; equals keep their order."""
    scored = [(score(query, words(one)), one) for one in candidates]
    fitting = [(points, one) for points, one in scored if points is not None]
    return [one for _, one in sorted(fitting, key=lambda pair: -pair[0])]
