"""A private Redis server."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NO_REDIS = "redis-server is not installed"


class RedisServer:
    """A server on a free loopback port, which can be stopped, suspended and started again."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._port = probe.getsockname()[1]
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start, and return when the server says that it accepts connections."""
        options = ["--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)]
        self._process = subprocess.Popen([self._program, *options], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if "Ready to accept connections" in line:
                return
        raise AssertionError("redis-server ended")

    def suspend(self) -> None:
        """Stop the process without closing its connections, as a network that swallows packets does."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGCONT)

    def stop(self) -> None:
        """Kill the server; what it counted is lost."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None


@contextmanager
def redis_server(folder: Path) -> Iterator[RedisServer | None]:
    """Start a server; None where Redis is not installed."""
    program = shutil.which("redis-server")
    if program is None:
        yield None
        return
    server = RedisServer(program, folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
