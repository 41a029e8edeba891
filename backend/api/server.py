"""The server of the API: binds its socket before the backend reports ready, and finishes open requests at the end."""

import asyncio
import contextlib
import logging
import socket
import ssl
import sys
from collections.abc import Iterator, Sequence

import uvicorn
from fastapi import FastAPI

from backend.api.connections import BoundedProtocol, ConnectionLimits, ConnectionTable
from shared.errors import StartupError

_END_SECONDS = 5
"""How long open requests may take when the process stops; event streams never end by themselves."""

MOST_CONNECTIONS = 800
"""Below 1,024, the usual limit of open files, less what the database, the broker and the logs need."""
_HANDSHAKE_SECONDS = 10.0
"""A TLS handshake takes two round trips."""
_LIMITS = ConnectionLimits()


class _Server(uvicorn.Server):
    """uvicorn with bounded connections, and without its signal handlers, because the process has its own."""

    def __init__(self, config: uvicorn.Config, *, table: ConnectionTable, limits: ConnectionLimits) -> None:
        super().__init__(config)
        self._table = table
        self._limits = limits

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Override uvicorn.Server.startup: listen with bounded connections."""
        await self.lifespan.startup()
        loop = asyncio.get_running_loop()
        tls = self.config.ssl
        self.servers = [
            await loop.create_server(
                self._connection,
                sock=listening,
                ssl=tls,
                ssl_handshake_timeout=None if tls is None else _HANDSHAKE_SECONDS,
                backlog=self.config.backlog,
            )
            for listening in sockets or ()
        ]
        self.started = True

    def _connection(self) -> BoundedProtocol:
        return BoundedProtocol(
            self.config, self.server_state, self.lifespan.state, table=self._table, limits=self._limits
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Override uvicorn.Server.capture_signals: install no handlers."""
        yield


def _address_option() -> int:
    """Return the option of a socket that may use an address again soon, and that nobody else can take it from.

    On Windows SO_REUSEADDR would let another process listen on the same port, and collect passwords.
    """
    if sys.platform == "win32":
        return socket.SO_EXCLUSIVEADDRUSE
    return socket.SO_REUSEADDR


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 chooses a free port. Raises `StartupError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio disables Nagle's algorithm only for a socket that names its protocol. With it, an answer in two
    # segments waits 40 ms for the client's delayed acknowledgement.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, _address_option(), 1)
    try:
        listening.bind((host, port))
        listening.listen(1024)
    except OSError as error:
        listening.close()
        raise StartupError(
            f"The API cannot listen on {host}:{port}: {error.strerror}. Choose another port with --port."
        ) from error
    listening.setblocking(False)
    return listening


def free_port(host: str, wanted: int) -> int:
    """Return `wanted` if it is free, otherwise 0, which means any port."""
    try:
        bind(host, wanted).close()
    except StartupError:
        return 0
    return wanted


class ApiServer:
    """Serves an application on a bound socket: over HTTPS with a `tls` context, over HTTP without."""

    def __init__(
        self,
        app: FastAPI,
        listening: socket.socket,
        *,
        tls: ssl.SSLContext | None = None,
        trusted_proxies: Sequence[str] = (),
        most_connections: int = MOST_CONNECTIONS,
        limits: ConnectionLimits = _LIMITS,
    ) -> None:
        """`trusted_proxies` are addresses and networks whose `X-Forwarded-For` names the client."""
        # It logs a warning for each request that is not HTTP: strangers would fill the disk with them.
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        self._listening = listening
        self._scheme = "http" if tls is None else "https"
        self._server = _Server(
            uvicorn.Config(
                app,
                http="httptools",
                ws="none",
                lifespan="off",
                access_log=False,
                log_config=None,
                timeout_graceful_shutdown=_END_SECONDS,
                timeout_keep_alive=75,
                server_header=False,
                ssl_context_factory=None if tls is None else lambda _config, _default: tls,
                proxy_headers=bool(trusted_proxies),
                forwarded_allow_ips=list(trusted_proxies),
            ),
            table=ConnectionTable(most_connections),
            limits=limits,
        )
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """The address that clients use."""
        host, port = self._listening.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        return f"{self._scheme}://{shown}:{port}"

    async def start(self) -> None:
        """Start serving."""
        self._task = asyncio.create_task(self._server.serve(sockets=[self._listening]), name="api")

    async def stop(self) -> None:
        """Stop accepting requests and finish the open ones."""
        self._server.should_exit = True
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        self._listening.close()
