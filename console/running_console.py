"""A deep link that is opened while the console runs goes to that console, not to a second one."""

import getpass
import hashlib
import logging
import os
import stat
import sys
from pathlib import Path

import platformdirs
from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

log = logging.getLogger(__name__)

_MOST_BYTES = 4096
_WAIT_MS = 500


def private_folder() -> Path | None:
    """Return the folder of this user's socket; None where others could write to it, or where it cannot be made."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    own = Path(platformdirs.user_data_dir("taskdeck", appauthor=False)) / "run"
    candidates = [Path(runtime) / "taskdeck", own] if runtime else [own]
    return next((folder for folder in candidates if _is_private(folder)), None)


def _is_private(folder: Path) -> bool:
    """Make a folder, and return whether it belongs to this user alone."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = folder.lstat()
    except OSError:
        return False
    is_closed = not stat.S_IMODE(found.st_mode) & 0o077
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and is_closed


def socket_name() -> str | None:
    """Return the name of the socket, in a folder that only this user can enter; None where there is none.

    In a shared folder another user could take the name first, and receive the links.
    """
    if sys.platform == "win32":  # a named pipe, which its server opens for its own user only
        return f"taskdeck-console-{hashlib.sha256(getpass.getuser().encode()).hexdigest()[:12]}"
    folder = private_folder()
    return str(folder / "console.sock") if folder is not None else None


def hand_over(link: str, name: str | None = None) -> bool:
    """Give a link to the console of this user that runs; returns False where none does."""
    wanted = name or socket_name()
    if wanted is None:
        return False
    socket = QLocalSocket()
    socket.connectToServer(wanted)
    if not socket.waitForConnected(_WAIT_MS):
        return False
    socket.write(link.encode()[:_MOST_BYTES])
    is_sent = socket.waitForBytesWritten(_WAIT_MS)
    socket.disconnectFromServer()
    return bool(is_sent)


class DeepLinkListener(QObject):
    """Receives what `hand_over` sends, for this user alone; `received` carries each link.

    Where another console listens already, links go there.
    """

    received = Signal(str)

    def __init__(self, parent: QObject | None = None, name: str | None = None) -> None:
        super().__init__(parent)
        self._open: list[QLocalSocket] = []
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._welcome)
        wanted = name or socket_name()
        if wanted is None:
            log.warning("Links from other programs are not received: there is no folder for a private socket.")
            return
        if self._is_taken(wanted):
            return  # Qt would take the name from who has it
        if not self._server.listen(wanted):
            QLocalServer.removeServer(wanted)  # left behind by a console that was killed
            self._server.listen(wanted)

    @property
    def is_listening(self) -> bool:
        """Whether links come here."""
        return self._server.isListening()

    def close(self) -> None:
        """Listen no longer."""
        self._server.close()

    @staticmethod
    def _is_taken(name: str) -> bool:
        socket = QLocalSocket()
        socket.connectToServer(name)
        is_there = socket.waitForConnected(_WAIT_MS)
        socket.abort()
        return bool(is_there)

    def _welcome(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            self._open.append(socket)
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(self._read)
        self._read()

    def _read(self) -> None:
        """Read what has arrived on each socket; one that is closed is dropped."""
        for socket in list(self._open):
            text = bytes(socket.read(_MOST_BYTES).data()).decode(errors="replace").strip()
            if socket.state() is QLocalSocket.LocalSocketState.UnconnectedState:
                self._open.remove(socket)
                socket.deleteLater()
            if text:
                self.received.emit(text)
