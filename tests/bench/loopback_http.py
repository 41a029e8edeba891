"""A server that answers every request with 200, and a bare loop of requests: the two ends beside the executor `http`.

`python -m tests.bench.loopback_http serve` prints its URL; `… get URL REQUESTS AT_ONCE` prints the requests a second.
"""

import asyncio
import sys
import time
from typing import cast

import httpx

from backend import event_loop

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n"


class _Answers(asyncio.Protocol):
    """Answers requests without a body, which is all that these clients send."""

    def __init__(self) -> None:
        self._rest = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is of no class of asyncio's

    def data_received(self, data: bytes) -> None:
        *requests, self._rest = (self._rest + data).split(b"\r\n\r\n")
        assert self._transport is not None
        self._transport.write(ANSWER * len(requests))


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Answers, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", flush=True)
    await server.serve_forever()


async def _get(url: str, requests: int, at_once: int) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:

        async def some(count: int) -> None:
            for _ in range(count):
                (await client.get(url)).raise_for_status()

        await client.get(url)
        began = time.perf_counter()
        await asyncio.gather(*(some(requests // at_once) for _ in range(at_once)))
        print(requests // at_once * at_once / (time.perf_counter() - began))


def main() -> None:
    if sys.argv[1] == "serve":
        event_loop.run(_serve())
    else:
        asyncio.run(_get(sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))


if __name__ == "__main__":
    main()
