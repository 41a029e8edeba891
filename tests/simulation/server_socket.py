"""A socket to PostgreSQL that blocks and returns whole messages."""

import contextlib
import socket
from typing import Any

_CONNECT_SECONDS = 20.0
_REST_SECONDS = 1.0
_HEADER = 5
_PIECE = 65536


class ServerSocket:
    """Connects when it is created; `address` is the path of a socket file, or host and port."""

    def __init__(self, *address: Any) -> None:
        if len(address) == 1:
            self._socket = socket.socket(socket.AF_UNIX)
            self._socket.settimeout(_CONNECT_SECONDS)
            self._socket.connect(address[0])
        else:
            self._socket = socket.create_connection(address, timeout=_CONNECT_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""

    def send(self, data: bytes) -> None:
        """Send everything; raises `ConnectionError` where the server has closed the connection."""
        self._socket.settimeout(_CONNECT_SECONDS)
        self._socket.sendall(data)

    def message(self, timeout: float) -> bytes | None:
        """Return the next message; None where it is not complete after `timeout` seconds without a byte.

        Raises `ConnectionError` where the server has closed the connection.
        """
        while True:
            size = 1 + int.from_bytes(self._received[1:_HEADER], "big")
            if len(self._received) >= max(size, _HEADER):
                message, self._received = self._received[:size], self._received[size:]
                return message
            self._socket.settimeout(timeout)
            try:
                piece = self._socket.recv(_PIECE)
            except TimeoutError:
                return None
            if not piece:
                raise ConnectionResetError("PostgreSQL closed the connection")
            self._received += piece

    def rest(self) -> bytes:
        """Return what came before the server closed the connection."""
        found = b""
        with contextlib.suppress(ConnectionError):
            while (message := self.message(_REST_SECONDS)) is not None:
                found += message
        return found

    def close(self) -> None:
        """Close it for both sides."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
