"""The calls of an httpx client, which end with it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx


class HttpCalls:
    """Sends the requests of one httpx client, and ends those under way when it is closed.

    httpx closes the connections that it has. One that is being made at that moment is not among them: its socket would
    stay open, and its caller would wait for the full timeout.
    """

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._sending: set[asyncio.Future[httpx.Response]] = set()

    @property
    def are_closed(self) -> bool:
        """Whether no call can be made any more."""
        return self._http.is_closed

    async def send(self, request: httpx.Request, *, has_stream: bool = False) -> httpx.Response:
        """Return the answer; with `has_stream` its body is not read, and the caller closes it.

        :raises httpx.CloseError: the client was closed.
        """
        sending = asyncio.ensure_future(self._http.send(request, stream=has_stream))
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)
        try:
            return await sending
        except asyncio.CancelledError:
            if has_stream and sending.done() and not sending.cancelled() and sending.exception() is None:
                await sending.result().aclose()  # it came at the moment of the cancellation, and nobody else has it
            caller = asyncio.current_task()
            if caller is not None and caller.cancelling():
                raise
            raise httpx.CloseError("The client was closed.", request=request) from None

    @asynccontextmanager
    async def streamed(self, request: httpx.Request) -> AsyncGenerator[httpx.Response, None]:
        """Yield an answer whose body is read as it comes."""
        response = await self.send(request, has_stream=True)
        try:
            yield response
        finally:
            await response.aclose()

    async def close(self) -> None:
        """End the calls, then close the connections."""
        sending = list(self._sending)
        for one in sending:
            one.cancel()
        await asyncio.gather(*sending, return_exceptions=True)
        await self._http.aclose()
