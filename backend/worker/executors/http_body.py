"""The body of a compressed response, in pieces that are quick to decompress. Imported when a request is made."""

import asyncio
from collections.abc import AsyncIterator

import httpx

_PIECE_BYTES = 1024
"""Decompressed at once. Deflate makes up to a thousand times as much of it, which takes milliseconds."""


class SmallPieces(httpx.AsyncByteStream):
    """Cuts a compressed body, so that no part of it becomes a hundred megabytes at once."""

    def __init__(self, stream: object) -> None:
        assert isinstance(stream, httpx.AsyncByteStream)
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            for begin in range(0, len(part), _PIECE_BYTES):
                yield part[begin : begin + _PIECE_BYTES]
                await asyncio.sleep(0)  # what waits on the loop has its turn

    async def aclose(self) -> None:
        """Close the body."""
        await self._stream.aclose()
