"""Answers of bounded size: a provider that sends without end costs no memory."""

from collections.abc import AsyncIterator

import httpx


class AnswerTooLargeError(httpx.TransportError):
    """The answer exceeds the limit."""


class BoundedTransport(httpx.AsyncBaseTransport):
    """Ends an answer that is larger than `most_bytes`, or compressed, whose size would not be known before."""

    def __init__(self, inner: httpx.AsyncBaseTransport, *, most_bytes: int) -> None:
        self._inner = inner
        self._most_bytes = most_bytes

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.headers["Accept-Encoding"] = "identity"
        response = await self._inner.handle_async_request(request)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        if response.headers.get("Content-Encoding", "identity") != "identity":
            await response.aclose()
            raise AnswerTooLargeError("the answer is compressed, which was not asked for", request=request)
        response.stream = _BoundedStream(response.stream, request, self._most_bytes)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _BoundedStream(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream, request: httpx.Request, most_bytes: int) -> None:
        self._inner = inner
        self._request = request
        self._left = most_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._inner:
            self._left -= len(piece)
            if self._left < 0:
                raise AnswerTooLargeError("the answer is too large", request=self._request)
            yield piece

    async def aclose(self) -> None:
        await self._inner.aclose()
