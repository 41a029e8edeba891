"""Sign-in with the organisation's provider, in the system's browser."""

import asyncio
import logging
from typing import Any

from PySide6.QtCore import QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from console.background import BackgroundJobs
from console.connection.client import ConsoleClient
from console.connection.errors import explain
from console.connection.saved_connections import SavedConnection
from console.widgets.surfaces import label
from console.words import tr
from shared.client.browser_sign_in import BrowserSignIn
from shared.client.protection import trust
from shared.errors import TaskdeckError
from shared.models.auth import SingleSignOn

_TYPING_MS = 400
"""A pause in which somebody who types an address has probably finished."""

log = logging.getLogger(__name__)


class BrowserSignInRow(QWidget):
    """A button that is there where the backend has a provider, and a way back while the browser is open.

    `wanted` asks for `begin`; `signed_in` carries the connection and its tokens, `refused` a sentence.
    """

    wanted = Signal()
    signed_in = Signal(object, object)
    refused = Signal(str)
    looked_up = Signal()

    def __init__(self, background: BackgroundJobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._connection = SavedConnection("")
        self._method: SingleSignOn | None = None
        self._asking: asyncio.Task[Any] | None = None
        self._signing_in: asyncio.Task[Any] | None = None
        self._url = ""
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typing.timeout.connect(self._ask)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        self._state = label("", "secondary")
        self._state.setWordWrap(True)
        whole.addWidget(self._state)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        self.button = QPushButton()
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self._clicked)
        self._copy = QPushButton(tr("Copy address"))
        self._copy.setAutoDefault(False)
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._url))
        buttons.addWidget(self.button)
        buttons.addWidget(self._copy)
        buttons.addStretch(1)
        whole.addLayout(buttons)
        self._show()

    @property
    def provider(self) -> str:
        """The name of the backend's provider; empty without one."""
        return self._method.name if self._method is not None else ""

    def look_up(self, connection: SavedConnection) -> None:
        """Ask the backend at an address, after a pause, whether it has a provider."""
        self.cancel()
        self._connection = connection
        self._method = None
        self._show()
        self._typing.start()

    def begin(self) -> None:
        """Open the browser, and wait for the person."""
        if self._method is not None and self._signing_in is None:
            self._signing_in = self._background.start(
                self._sign_in(self._connection, self._method), name="sign in with browser"
            )
            self._show()

    def cancel(self) -> None:
        """Stop waiting."""
        for job in (self._asking, self._signing_in):
            if job is not None:
                job.cancel()
        self._asking = self._signing_in = None
        self._url = ""
        self._show()

    def _clicked(self) -> None:
        if self._signing_in is None:
            self.wanted.emit()
        else:
            self.cancel()

    def _show(self) -> None:
        is_waiting = self._signing_in is not None
        self.setVisible(self._method is not None)
        self._copy.setVisible(bool(self._url))
        self._state.setVisible(is_waiting)
        self._state.setText(tr("Continue in your browser. If it did not open, copy the address and open it yourself."))
        self.button.setText(tr("Cancel") if is_waiting else tr("Sign in with %1", self.provider))

    def _ask(self) -> None:
        if self._connection.url:
            self._asking = self._background.start(self._find_method(self._connection), name="sign-in methods")

    async def _find_method(self, connection: SavedConnection) -> None:
        try:
            async with _client(connection) as client:
                method = (await client.sign_in_methods()).single_sign_on
        except (TaskdeckError, ValueError, TypeError) as error:  # an address that is not complete, or not protected
            log.debug("How to sign in to %s is not known: %s", connection.url, error)
            method = None
        if isValid(self) and connection == self._connection:
            self._method = method
            self._show()
            self.looked_up.emit()

    async def _sign_in(self, connection: SavedConnection, method: SingleSignOn) -> None:
        try:
            async with _client(connection) as client, BrowserSignIn(client, method) as sign_in:
                self._url = sign_in.url
                self._show()
                QDesktopServices.openUrl(QUrl.fromEncoded(sign_in.url.encode()))
                pair = await sign_in.wait()
        except TaskdeckError as error:
            self._ended(explain(error).text)
        except OSError as error:
            self._ended(tr("No port of this machine can be opened: %1", error.strerror or error))
        else:
            self._ended("")
            if isValid(self):
                self.signed_in.emit(connection, pair)

    def _ended(self, trouble: str) -> None:
        if isValid(self):
            self._signing_in = None
            self._url = ""
            self._show()
            if trouble:
                self.refused.emit(trouble)


def _client(connection: SavedConnection) -> ConsoleClient:
    return ConsoleClient(connection.url, tls=trust(connection.ca_file), allows_http=connection.allows_http)
