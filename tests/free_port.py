"""Ports for servers that tests start as processes."""

import secrets
import socket

_LOWEST, _HIGHEST = 11_000, 31_999
"""Below the ports that systems give to outgoing connections: one of those may be taken before the server has it."""
_given: set[int] = set()


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens, and which was not returned before."""
    while True:
        port = _LOWEST + secrets.randbelow(_HIGHEST - _LOWEST + 1)
        if port in _given:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given.add(port)
        return port
