"""What a service manager with the protocol of systemd is notified of: ready, alive, stopping. See sd_notify(3)."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

_SEND_SECONDS = 1.0
"""The manager reads its socket at once; a message that cannot be sent for longer is given up."""

log = structlog.get_logger()


class ServiceManager:
    """Sends notifications to the manager's socket, or to nobody where there is no manager."""

    def __init__(self, address: str | None, *, watchdog: timedelta | None = None) -> None:
        """`address` is a path, or the name of an abstract socket after `@`; `watchdog` is how long silence may last."""
        self._address = None if address is None else f"\0{address[1:]}" if address.startswith("@") else address
        self._watchdog = watchdog

    @classmethod
    def of_environment(cls, environment: MutableMapping[str, str] = os.environ) -> "ServiceManager":
        """Return the manager of this process, and remove its variables: commands must not speak in its name."""
        address = environment.pop("NOTIFY_SOCKET", None)
        span, pid = environment.pop("WATCHDOG_USEC", ""), environment.pop("WATCHDOG_PID", "")
        is_watched = span.isdecimal() and int(span) > 0 and pid in ("", str(os.getpid()))
        return cls(address or None, watchdog=timedelta(microseconds=int(span)) if is_watched else None)

    @asynccontextmanager
    async def announced(self) -> AsyncIterator[None]:
        """Notify the manager that the process is ready, that its loop runs until the block ends, then that it stops."""
        await self._send("READY=1")
        living = asyncio.create_task(self._stay_alive(), name="service manager")
        try:
            yield
        finally:
            living.cancel()
            await asyncio.gather(living, return_exceptions=True)
            await self._send("STOPPING=1")

    async def _stay_alive(self) -> None:
        """Notify the manager at half of its span, as it recommends: it ends a process whose loop is stuck."""
        if self._address is None or self._watchdog is None:
            return
        while True:
            await self._send("WATCHDOG=1")
            await asyncio.sleep(self._watchdog.total_seconds() / 2)

    async def _send(self, message: str) -> None:
        if self._address is None:
            return
        try:
            with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)) as sender:
                sender.setblocking(False)
                sender.connect(self._address)
                async with asyncio.timeout(_SEND_SECONDS):
                    await asyncio.get_running_loop().sock_sendall(sender, message.encode())
        except (OSError, TimeoutError) as error:
            log.warning("The service manager cannot be notified.", message=message, cause=str(error) or "timeout")
