"""The server that runs in a data directory, as PostgreSQL itself records it."""

import time
from dataclasses import dataclass
from pathlib import Path

import psutil

FILE = "postmaster.pid"
_LINES = 8
"""Process, directory, start time, port, folder of the socket, address, shared memory, state: PostgreSQL writes them one
after the other while it starts."""
_READY = "ready"
_POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Postmaster:
    """The main process of a server; `socket_folder` is empty where it has a port only."""

    pid: int
    port: int
    socket_folder: str
    address: str
    is_ready: bool

    @property
    def is_running(self) -> bool:
        """Whether the process exists and has not ended."""
        return not is_gone(self.pid)


def parse(lines: list[str]) -> Postmaster | None:
    """Return what the lines of the file say, or None where they are torn or not all written yet."""
    if len(lines) < _LINES:
        return None
    pid, _, _, port, socket_folder, address, _, state = (line.strip() for line in lines[:_LINES])
    if not (_is_number(pid) and _is_number(port)):
        return None
    return Postmaster(int(pid), int(port), socket_folder, address, state == _READY)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def read(folder: Path) -> Postmaster | None:
    """Return the server of a data directory, or None where the file is missing, torn or not written to its end."""
    try:
        return parse((folder / FILE).read_text(errors="replace").splitlines())
    except OSError:
        return None


def until_ready(folder: Path, seconds: float) -> Postmaster:
    """Return the server once it takes connections; raises `TimeoutError`, and `ChildProcessError` where it has ended.

    A server which replays its log after a crash needs as long as a checkpoint's worth of changes.
    """
    deadline = time.monotonic() + seconds
    while True:
        found = read(folder)
        if found is not None and not found.is_running:
            raise ChildProcessError("the server has ended while it started")
        if found is not None and found.is_ready:
            return found
        if time.monotonic() >= deadline:
            raise TimeoutError(f"the server was not ready after {seconds:g} s")
        time.sleep(_POLL_SECONDS)


def has_ended(pid: int, seconds: float) -> bool:
    """Wait for the end of a process that is not a child of this one; return False after a timeout."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_gone(pid):
            return True
        time.sleep(_POLL_SECONDS)
    return False


def is_server_of(folder: Path, pid: int) -> bool:
    """Return whether a process is the server of a data directory: a number is given to another process in time."""
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and str(folder.resolve()) in process.cmdline()
    except psutil.Error:
        return False


def is_gone(pid: int) -> bool:
    """Return whether no process has the number, or only one that has ended and that nobody has waited for."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
