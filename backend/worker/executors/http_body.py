"""The body of a response, decompressed. Imported when a request is made."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence

import httpx

_PIECE_BYTES = 1024
"""Decompressed at once. Deflate makes up to a thousand times as much of it, which takes milliseconds."""
_MOST_CODINGS = 2
_GZIP_BITS = 16 + zlib.MAX_WBITS
_GZIP_NAMES = ("gzip", "x-gzip")
_GZIP_BEGIN = b"\x1f"


async def unpacked(response: httpx.Response) -> AsyncIterator[bytes]:
    """Yield the body of a response. What is packed in another way than gzip and deflate stays as it is.

    Raises:
        httpx.DecodingError: it is not packed as its header says, or ends before its end.
    """
    named = [one.strip().lower() for one in response.headers.get("content-encoding", "").split(",")]
    codings = [one for one in reversed(named) if one not in ("", "identity")]
    if not codings or any(one not in (*_GZIP_NAMES, "deflate") for one in codings):
        async for part in response.aiter_raw():
            yield part
        return
    if len(codings) > _MOST_CODINGS:
        raise httpx.DecodingError(f"the body is packed {len(codings)} times")
    inflaters = [_Inflater(one) for one in codings]
    async for part in response.aiter_raw():
        for unpacked_part in _through(inflaters, part):
            yield unpacked_part
            await asyncio.sleep(0)  # what waits on the loop has its turn
    if any(one.is_cut for one in inflaters):
        raise httpx.DecodingError("the packed body ends before its end")


def _through(inflaters: "Sequence[_Inflater]", data: bytes) -> Iterator[bytes]:
    """Yield what becomes of some bytes, in pieces, so that no part of them becomes a hundred megabytes at once."""
    if not inflaters:
        yield data
        return
    for begin in range(0, len(data), _PIECE_BYTES):
        yield from _through(inflaters[1:], inflaters[0].inflate(data[begin : begin + _PIECE_BYTES]))


class _Inflater:
    """Unpacks gzip (RFC 1952, with all its members) or deflate (RFC 1950; servers also send RFC 1951 alone)."""

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._waiting = b""
        self._stream = zlib.decompressobj(_GZIP_BITS) if coding in _GZIP_NAMES else None
        self._has_begun = False

    @property
    def is_cut(self) -> bool:
        """Whether the data so far are a beginning. No data at all are a body without content, as after HEAD."""
        return self._has_begun and (self._stream is None or not self._stream.eof)

    def inflate(self, data: bytes) -> bytes:
        """Return what becomes of the next bytes."""
        self._has_begun = self._has_begun or bool(data)
        if self._stream is None:
            self._waiting += data
            if len(self._waiting) < len(b"zh"):
                return b""
            data, self._waiting = self._waiting, b""
            self._stream = zlib.decompressobj(zlib.MAX_WBITS if _is_zlib(data) else -zlib.MAX_WBITS)
        try:
            return self._inflate(self._stream, data)
        except zlib.error as error:
            raise httpx.DecodingError(f"the body is not {self._coding}: {error}") from error

    def _inflate(self, stream: "zlib._Decompress", data: bytes) -> bytes:
        found = b""
        if not stream.eof:
            found, data = stream.decompress(data), stream.unused_data
        while stream.eof and self._coding in _GZIP_NAMES and data.startswith(_GZIP_BEGIN):
            self._stream = stream = zlib.decompressobj(_GZIP_BITS)
            found += stream.decompress(data)
            data = stream.unused_data
        return found


def _is_zlib(data: bytes) -> bool:
    """Return whether data begin with the header of RFC 1950."""
    return data[0] & 0x0F == zlib.DEFLATED and int.from_bytes(data[:2]) % 31 == 0
