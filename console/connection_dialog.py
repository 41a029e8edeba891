"""Choosing a backend: this machine's, or one at an address with a login."""

import sys
from pathlib import Path

from PySide6.QtCore import QProcess, Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QFormLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from console.context import Context
from console.link.credentials import Credentials
from console.link.errors import explain
from console.link.target import LocalTarget, RemoteTarget, Target
from console.supervised import TaskSet
from console.widgets.surfaces import Card, label
from console.words import tr
from shared.client import TaskdeckClient
from shared.errors import TaskdeckError
from shared.local_backend import find_local_backend
from shared.models.auth import TokenPair

_MOST_KNOWN = 20


def known_addresses(context: Context) -> list[str]:
    """Return the addresses used before, the newest first."""
    found = context.remembered.value("connections/known", [])
    return [str(one) for one in found] if isinstance(found, list) else [str(found)]


def remember_address(context: Context, url: str) -> None:
    """Put an address first among those used before."""
    known = [url, *(one for one in known_addresses(context) if one != url)]
    context.remembered.setValue("connections/known", known[:_MOST_KNOWN])
    context.remembered.setValue("connections/last", url)


def as_address(text: str) -> str:
    """Return what was typed as a URL: https, unless it says otherwise or names this machine."""
    text = text.strip().rstrip("/")
    if "://" in text:
        return text
    is_here = text.split(":")[0] in ("localhost", "127.0.0.1")
    return f"{'http' if is_here else 'https'}://{text}"


class ConnectionDialog(QDialog):
    """`target_chosen` gives the `Target` to use from now on."""

    target_chosen = Signal(object)

    def __init__(self, context: Context, credentials: Credentials, data_dir: Path, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._context = context
        self._credentials = credentials
        self._data_dir = data_dir
        self.setWindowTitle(tr("Choose a backend"))
        self.setMinimumWidth(460)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 20)
        layout.setSpacing(12)
        layout.addWidget(self._local_card())
        layout.addWidget(self._remote_card())
        self._error = label("", "fieldError")
        self._error.setWordWrap(True)
        self._error.hide()
        layout.addWidget(self._error)

    def _local_card(self) -> Card:
        card = Card(tr("This machine"))
        running = find_local_backend(self._data_dir)
        words = (
            tr("A backend runs at %1.").replace("%1", running.url)
            if running
            else tr("No backend runs here. It brings a PostgreSQL of its own; nothing needs to be installed.")
        )
        text = label(words, "secondary")
        text.setWordWrap(True)
        card.body.addWidget(text)
        self._use_local = QPushButton(tr("Use it") if running else tr("Start a backend"))
        self._use_local.clicked.connect(self._take_local)
        card.body.addWidget(self._use_local, alignment=Qt.AlignmentFlag.AlignLeft)
        return card

    def _remote_card(self) -> Card:
        card = Card(tr("Another backend"))
        form = QFormLayout()
        form.setSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._address = QComboBox()
        self._address.setEditable(True)
        self._address.addItems(known_addresses(self._context))
        self._address.setCurrentText("")
        line = self._address.lineEdit()
        assert line is not None
        line.setPlaceholderText("https://taskdeck.example.org")
        self._username = QLineEdit(str(self._context.remembered.value("connections/username", "")))
        self._password = QLineEdit()
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        form.addRow(tr("Address"), self._address)
        form.addRow(tr("User name"), self._username)
        form.addRow(tr("Password"), self._password)
        card.body.addLayout(form)
        row = QHBoxLayout()
        row.addStretch(1)
        self._sign_in = QPushButton(tr("Sign in"))
        self._sign_in.setObjectName("primary")
        self._sign_in.setDefault(True)
        self._sign_in.clicked.connect(self._start_sign_in)
        row.addWidget(self._sign_in)
        card.body.addLayout(row)
        return card

    def _take_local(self) -> None:
        if find_local_backend(self._data_dir) is None:
            QProcess.startDetached(
                sys.executable, ["-m", "backend", "up", "--headless", "--data-dir", str(self._data_dir)]
            )
        self._context.remembered.setValue("connections/last", "")
        self._choose(LocalTarget(self._data_dir))

    def _start_sign_in(self) -> None:
        if not self._address.currentText().strip():
            self._say(tr("Type the backend's address, such as https://taskdeck.example.org."))
            return
        self._sign_in.setEnabled(False)
        self._sign_in.setText(tr("Signing in …"))
        url = as_address(self._address.currentText())
        work = self._sign_in_now(url, self._username.text(), self._password.text())
        self._context.tasks.start(work, name="sign in")

    async def _sign_in_now(self, url: str, username: str, password: str) -> None:
        try:
            async with TaskdeckClient(url) as client:
                pair = await client.login(username, password)
        except TaskdeckError as error:
            trouble = explain(error)
            self._refuse(f"{trouble.what} {trouble.why}")
        except (ValueError, TypeError) as error:
            self._refuse(tr("%1 is not an address: %2").replace("%1", url).replace("%2", str(error)))
        else:
            await self._credentials.keep(url, pair)
            remember_address(self._context, url)
            self._context.remembered.setValue("connections/username", username)
            if isValid(self):
                self._choose(remote_target(self._context.tasks, self._credentials, url, pair))

    def _refuse(self, text: str) -> None:
        if isValid(self):  # it may have been closed meanwhile
            self._sign_in.setEnabled(True)
            self._sign_in.setText(tr("Sign in"))
            self._say(text)

    def _choose(self, target: Target) -> None:
        self.target_chosen.emit(target)
        self.accept()

    def _say(self, text: str) -> None:
        self._error.setText(text)
        self._error.show()


def remote_target(tasks: TaskSet, credentials: Credentials, url: str, pair: TokenPair | None) -> RemoteTarget:
    """Return the target at `url`, whose renewed tokens are kept."""

    def keep(renewed: TokenPair) -> None:
        tasks.start(credentials.keep(url, renewed), name="keep tokens")

    return RemoteTarget(url, pair, keep)
