"""The charset of an HTTP response's body: its bytes as UTF-8, whatever the server calls them."""

import codecs
from collections.abc import Callable

_NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})
"""Codecs of Python that are no charset of a body. Decoding punycode takes quadratic time."""

_WITH_MARK = frozenset({"utf-16", "utf-32"})
"""Codecs that read the order of bytes from a mark at the beginning."""


def body_converter(charset: str | None) -> Callable[[bytes], bytes]:
    """Return what converts the pieces of a body to UTF-8.

    The bytes stay as they are for UTF-8 and for a charset that is not known or is none of text. UTF-16 and UTF-32
    without a byte order mark are little-endian, as in browsers (WHATWG Encoding Standard).
    """
    try:
        if charset is None or (name := codecs.lookup(charset).name) == "utf-8" or name in _NO_CHARSETS:
            return bytes
        b"a".decode(name, "replace")
        return _Converter(name)
    except (LookupError, ValueError):
        return bytes


class _Converter:
    def __init__(self, name: str) -> None:
        self._name = name
        self._decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder(name)(errors="replace")

    def __call__(self, data: bytes) -> bytes:
        if self._decoder is None:
            return data
        try:
            return self._decoder.decode(data).encode("utf-8", "replace")
        except UnicodeError:
            data = self._decoder.getstate()[0] + data
            if self._name not in _WITH_MARK:
                self._decoder = None
                return data
            self._name += "-le"
            self._decoder = codecs.getincrementaldecoder(self._name)(errors="replace")
            return self(data)
