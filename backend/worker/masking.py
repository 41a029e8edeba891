"""Replace secrets in every text that leaves a worker, in the spellings in which programs write them."""

import base64
import json
import shlex
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote, quote_plus

MASK = "***"
LEAST_CHARACTERS = 4
"""A shorter secret is refused: replaced wherever it occurs, it would make output unreadable, and the places show it."""
_LEAST_LINE_CHARACTERS = 8
"""Of a line of a secret with several lines, such as a private key, which is replaced on its own."""
_URL_SIGNS = ("!$&()*+,;=:/@~", "!$&'()*+,;=:/@~", "!$&'()*+,;=:/?#[]@~")
"""What clients leave as it is in a URL that they complete, such as httpx in that of a redirect."""
_LEAST_INNER_CHARACTERS = 8
"""Of the part of a Base64 text that does not depend on what is encoded before and after the secret."""


def spellings(secret: str) -> set[str]:
    """Return a secret as it may appear in a text: as it is, its lines, escaped, encoded."""
    found = {secret, secret.lower()} | {line for line in secret.splitlines() if len(line) >= _LEAST_LINE_CHARACTERS}
    for one in list(found):
        found |= _escaped(one) | _percent_encoded(one)
    return found | _base64(secret) | {secret.encode().hex(), secret.encode().hex().upper()}


def _escaped(text: str) -> set[str]:
    """Return a text as JSON, a shell and Python write it within quotation marks."""
    return {
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        json.dumps(text).replace("/", "\\/")[1:-1],
        shlex.quote(text).removeprefix("'").removesuffix("'"),
        repr(text)[1:-1],
        repr(text.encode())[2:-1],
        repr(repr(text.encode())[2:-1])[1:-1],
    }


def _percent_encoded(text: str) -> set[str]:
    encoded = {quote(text), quote(text, safe=""), quote_plus(text)}
    encoded |= {quote(text, safe=signs) for signs in _URL_SIGNS}
    return encoded | {_lower_hexadecimal(one) for one in encoded}


def _lower_hexadecimal(text: str) -> str:
    first, *rest = text.split("%")
    return "%".join([first, *(part[:2].lower() + part[2:] for part in rest)])


def _base64(secret: str) -> set[str]:
    """Return the Base64 of a secret alone, and what all texts have in common that encode it with others around it."""
    data = secret.encode()
    whole = base64.b64encode(data).decode().rstrip("=")
    found = {whole}
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + data).decode()
        begin = (before * 8 + 5) // 6
        inner = encoded[begin : (before + len(data)) * 8 // 6]
        if len(inner) >= _LEAST_INNER_CHARACTERS:
            found.add(inner)
    return found | {one.replace("+", "-").replace("/", "_") for one in found}


class SecretMask:
    """The secrets of one attempt, in all spellings."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._spellings: list[str] = []
        for secret in secrets:
            self.add(secret)

    def __bool__(self) -> bool:
        return bool(self._spellings)

    def add(self, secret: str) -> None:
        """Replace this value too from now on."""
        known = set(self._spellings) | {one for one in spellings(secret) if len(one) >= LEAST_CHARACTERS}
        self._spellings = sorted(known, key=lambda one: (-len(one), one))

    def masked(self, text: str) -> str:
        """Return a text with all secrets replaced, also those that overlap."""
        if not self._spellings:
            return text
        return "".join(_replaced(text, self._found(text), 0, len(text)))

    def stream(self) -> "MaskedStream":
        """Return what masks one stream of pieces."""
        return MaskedStream(self)

    def _cut(self, text: str) -> int:
        """Return where the end of a text begins that may be the begin of a secret; its length where there is none."""
        cut = len(text)
        for secret in self._spellings:
            begin = text.find(secret[0], max(0, len(text) - len(secret) + 1))
            while begin != -1 and begin < cut:
                if secret.startswith(text[begin:]):
                    cut = begin
                    break
                begin = text.find(secret[0], begin + 1)
        return cut

    def _found(self, text: str) -> list[tuple[int, int]]:
        """Return the places of secrets in order, joined where they touch."""
        return _joined(_places(text, self._spellings))

    def split(self, text: str, *, hidden: int, is_last: bool) -> tuple[str, str, int]:
        """Return the masked begin of a text, the rest that may begin a secret, and how much of the rest is hidden.

        `hidden` is that number for the text itself: its first characters belong to a secret that was replaced.
        """
        places = _joined(sorted([*([(0, hidden)] if hidden else []), *self._found(text)]))
        cut = len(text) if is_last else self._cut(text)
        masked = "".join(_replaced(text, places, hidden, cut))
        over = [end for begin, end in places if (begin < cut or (begin == 0 and hidden)) and end > cut]
        return masked, text[cut:], max(over, default=cut) - cut


class MaskedStream:
    """Masks text that comes in pieces, which may divide a secret. The end that may begin one is held back."""

    def __init__(self, mask: SecretMask) -> None:
        self._mask = mask
        self._held = ""
        self._hidden = 0

    def feed(self, text: str, *, is_last: bool = False) -> str:
        """Return what is ready of the text so far."""
        if not self._mask and not self._held:
            return text
        ready, self._held, self._hidden = self._mask.split(self._held + text, hidden=self._hidden, is_last=is_last)
        return ready


def _places(text: str, secrets: Sequence[str]) -> list[tuple[int, int]]:
    found = []
    for secret in secrets:
        begin = text.find(secret)
        while begin != -1:
            found.append((begin, begin + len(secret)))
            begin = text.find(secret, begin + 1)
    return sorted(found)


def _joined(places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for begin, end in places:
        if joined and begin < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((begin, end))
    return joined


def _replaced(text: str, places: Sequence[tuple[int, int]], hidden: int, cut: int) -> Iterator[str]:
    """Yield the text up to `cut` with its places replaced; what is hidden was replaced before."""
    at = 0
    for begin, end in places:
        if begin >= cut:
            break
        yield text[at:begin]
        if begin > 0 or not hidden:
            yield MASK
        at = end
    yield text[at:cut]
