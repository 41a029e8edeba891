"""The HTTP client's transport, which reports a status also where the rest of a response's head cannot be read.

Imported when a request is made. The transport and not a client: that would follow the location of a redirect before its
status is known, and take proxies from the worker's environment.
"""

import re
import ssl
from collections.abc import Callable, Iterable

import httpcore
import httpx

_STATUS = re.compile(rb"(?:\A|\n\r?\n)HTTP/1\.[01] (\d{3})(?=[ \r\n])")
_MOST_HEAD_BYTES = 64 * 1024
_SWITCHING_PROTOCOLS = 101
_FIRST_FINAL_STATUS = 200


class Transport(httpx.AsyncHTTPTransport):
    """Calls `on_status` with the status of each response when its first line is read."""

    def __init__(self, tls: ssl.SSLContext, on_status: Callable[[int], None]) -> None:
        super().__init__(verify=tls)
        # No connection is kept, since two hosts may share an address.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls, max_keepalive_connections=0, network_backend=_Network(on_status)
        )


class _Network(httpcore.AsyncNetworkBackend):
    def __init__(self, on_status: Callable[[int], None]) -> None:
        self._network = httpcore.AnyIOBackend()
        self._on_status = on_status

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        stream = await self._network.connect_tcp(host, port, timeout, local_address, socket_options)
        return _Stream(stream, self._on_status)


class _Stream(httpcore.AsyncNetworkStream):
    def __init__(self, stream: httpcore.AsyncNetworkStream, on_status: Callable[[int], None]) -> None:
        self._stream = stream
        self._on_status: Callable[[int], None] | None = on_status
        self._head = b""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = await self._stream.read(max_bytes, timeout)
        if self._on_status is not None:
            self._head += data
            status = final_status(self._head)
            if status is not None:
                self._on_status(status)
            if status is not None or len(self._head) > _MOST_HEAD_BYTES:
                self._on_status, self._head = None, b""
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        on_status = self._on_status
        assert on_status is not None
        return _Stream(await self._stream.start_tls(ssl_context, server_hostname, timeout), on_status)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def final_status(head: bytes) -> int | None:
    """Return the first status that is not followed by another one, or None while there is none."""
    for found in _STATUS.finditer(head):
        status = int(found[1])
        if status >= _FIRST_FINAL_STATUS or status == _SWITCHING_PROTOCOLS:
            return status
    return None
