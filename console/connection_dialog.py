"""The saved connections: choose, sign in, name, colour, remove."""

import logging
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from console.browser_sign_in import BrowserSignInRow
from console.connection.client import ConsoleClient
from console.connection.credentials import Credentials
from console.connection.errors import explain
from console.connection.refusal_words import sign_in_refusal
from console.connection.saved_connections import SavedConnection, SavedConnections
from console.connection_form import ConnectionForm
from console.context import Context
from console.local_card import LocalCard
from console.theme.icons import disc
from console.theme.palette import colour_named
from console.widgets.form_window import FormWindow
from console.widgets.plain_tip import plain_tip
from console.widgets.surfaces import Card, label
from console.words import tr
from shared.client.protection import check_protected, trust
from shared.errors import ClearTextRefusedError, TaskdeckError, UnauthorizedError
from shared.models.auth import TokenPair

_LIST_WIDTH = 196

log = logging.getLogger(__name__)


class ConnectionDialog(FormWindow):
    """`signed_in` carries an address and its tokens; `local_chosen` asks for the local backend."""

    signed_in = Signal(str, object)
    local_chosen = Signal()
    chosen = Signal(str)

    def __init__(
        self,
        context: Context,
        connections: SavedConnections,
        credentials: Credentials,
        data_dir: Path,
        parent: QWidget | None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._connections = connections
        self._credentials = credentials
        self._is_signing_in = False
        self._opened_with: tuple[SavedConnection, str] | None = None
        self.setWindowTitle(tr("Connections"))
        self.resize(720, 460)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(20, 20, 20, 20)
        whole.setSpacing(12)
        whole.addLayout(self._known())
        self._pages = QStackedWidget()
        local = LocalCard(data_dir)
        local.chosen.connect(self._take_local)
        self._pages.addWidget(local)
        self._pages.addWidget(self._remote_card())
        whole.addWidget(self._pages, 1)
        self._fill(context.saved_connection.url)
        self._context.background.start(self._say_where_tokens_lie(), name="where tokens lie")

    def _known(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        self.list = QListWidget()
        self.list.setFixedWidth(_LIST_WIDTH)
        self.list.setIconSize(QSize(12, 12))
        self.list.setAccessibleName(tr("Connections"))
        self.list.currentRowChanged.connect(self._show)
        self.list.itemActivated.connect(lambda _item: self._use())
        self.add = QPushButton(tr("Add…"))
        self.add.setAutoDefault(False)
        self.add.clicked.connect(lambda: self._fill(None))
        column.addWidget(self.list, 1)
        column.addWidget(self.add)
        return column

    def _remote_card(self) -> Card:
        card = Card(tr("New connection"))
        self._form = ConnectionForm(self._context.theme)
        self._form.destination_changed.connect(self._look_up)
        card.body.addWidget(self._form)
        self._browser = BrowserSignInRow(self._context.background)
        self._browser.wanted.connect(self._sign_in_with_browser)
        self._browser.signed_in.connect(self._signed_in_with_browser)
        self._browser.refused.connect(self._show_message)
        self.finished.connect(self._browser.cancel)
        card.body.addWidget(self._browser)
        self._tokens = label("", "secondary")
        self._tokens.setWordWrap(True)
        card.body.addWidget(self._tokens)
        self._error = label("", "fieldError")
        self._error.setWordWrap(True)
        self._error.hide()
        card.body.addWidget(self._error)
        card.body.addStretch(1)
        card.body.addLayout(self._buttons())
        return card

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self._forget = QPushButton(tr("Remove"))
        self._forget.setToolTip(tr("Remove this connection and sign out"))
        self._forget.setAutoDefault(False)
        self._forget.clicked.connect(self._forget_it)
        self._save = QPushButton(tr("Save"))
        self._save.setAutoDefault(False)
        self._save.clicked.connect(self._save_it)
        self._switch = QPushButton(tr("Connect"))
        self._switch.setAutoDefault(False)
        self._switch.clicked.connect(self._use)
        self._sign_in = QPushButton(tr("Sign in"))
        self._sign_in.setObjectName("primary")
        self._sign_in.setDefault(True)
        self._sign_in.clicked.connect(self._start_sign_in)
        row.addWidget(self._forget)
        row.addStretch(1)
        for button in (self._save, self._switch, self._sign_in):
            row.addWidget(button)
        return row

    def _fill(self, url: str | None) -> None:
        """List the connections and show the one at `url`; None is a new one."""
        palette = self._context.theme.palette
        self.list.blockSignals(True)
        self.list.clear()
        for one in self._connections.all():
            item = QListWidgetItem(disc(colour_named(palette, one.colour)), one.shown_name)
            item.setData(Qt.ItemDataRole.UserRole, one.url)
            item.setToolTip(plain_tip(one.url))
            self.list.addItem(item)
        self.list.blockSignals(False)
        urls = [one.url for one in self._connections.all()]
        place = urls.index(url) if url in urls else -1
        self.list.setCurrentRow(place)
        self._show(place)

    def _show(self, place: int) -> None:
        known = self._connections.all()
        one = known[place] if 0 <= place < len(known) else SavedConnection("", " ")
        self._pages.setCurrentIndex(0 if one.is_local else 1)
        self._error.hide()
        if one.is_local:
            return
        is_new = not one.url.strip()
        # A dialog that opened on the page of this machine has made the button there its default, now hidden.
        self._sign_in.setDefault(True)
        self._form.show_connection(one)
        for button in (self._forget, self._switch):
            button.setVisible(not is_new)
        self._look_up()
        self._opened_with = (self.typed, "")

    def has_unsaved_work(self) -> bool:
        """Override FormWindow.has_unsaved_work: whether the connection on the page was changed."""
        if self._pages.currentIndex() == 0 or self._opened_with is None:
            return False
        return (self.typed, self._form.password) != self._opened_with

    async def _say_where_tokens_lie(self) -> None:
        place = await self._credentials.place()
        if isValid(self):
            self._tokens.setText(
                tr("Your sign-in is saved in the system keyring (%1). Your password is not saved.", place)
                if place
                else tr("This system has no keyring, so you will have to sign in again next time.")
            )

    @property
    def typed(self) -> SavedConnection:
        """The connection that the form describes."""
        return self._form.typed

    def _take_local(self) -> None:
        self.local_chosen.emit()
        self.accept()

    def _use(self) -> None:
        item = self.list.currentItem()
        if item is None:
            return
        url = str(item.data(Qt.ItemDataRole.UserRole))
        if not url:
            self._take_local()
            return
        self._connections.save(self.typed)
        self.chosen.emit(url)
        self.accept()

    def _save_it(self) -> None:
        if self._has_address():
            self._connections.save(self.typed)
            self._fill(self.typed.url)

    def _forget_it(self) -> None:
        removed = self.typed
        self._connections.remove(removed.url)
        self._context.background.start(self._sign_out(removed), name="sign out")
        self._fill("")

    async def _sign_out(self, removed: SavedConnection) -> None:
        """Delete the saved tokens and end their session on the backend."""
        pair = await self._credentials.load(removed.url)
        await self._credentials.forget(removed.url)
        if pair is None:
            return
        try:
            async with ConsoleClient(
                removed.url, tls=trust(removed.ca_file), allows_http=removed.allows_http
            ) as client:
                await client.log_out(pair.refresh_token)
        except (TaskdeckError, ValueError, TypeError) as error:
            log.warning("The session on %s was not ended: %s. It ends when it is not used.", removed.url, error)

    def _has_address(self) -> bool:
        if self._form.has_address:
            return True
        self._show_message(tr("Enter the backend's address, such as https://taskdeck.example.org."))
        return False

    def _may_send(self) -> bool:
        """Return whether there is an address that may be sent a sign-in; otherwise say what is wrong with it."""
        if not self._has_address():
            return False
        try:
            check_protected(self.typed.url, allows_http=self.typed.allows_http)
        except ClearTextRefusedError as error:
            self._show_message(explain(error).text)
            return False
        except ValueError as error:
            self._show_message(tr("%1 is not a valid address: %2", self.typed.url, error))
            return False
        return True

    def _look_up(self) -> None:
        self._browser.look_up(replace(self.typed, name="", colour="", username=""))

    def _sign_in_with_browser(self) -> None:
        if not self._is_signing_in and self._may_send():
            self._error.hide()
            self._browser.begin()

    def _signed_in_with_browser(self, _connection: SavedConnection, pair: TokenPair) -> None:
        # Whatever was typed since then is a change of name or colour: another address would have ended the sign-in.
        self._context.background.start(self._use_tokens(self.typed, pair), name="sign in")

    def _start_sign_in(self) -> None:
        if self._is_signing_in or not self._may_send():
            return
        if not self.typed.username:
            self._show_message(tr("Enter your user name."))
            return
        self._browser.cancel()
        # Not disabled: the focus would leave the button for the list, which shows another connection.
        self._is_signing_in = True
        self._sign_in.setText(tr("Signing in…"))
        self._context.background.start(self._sign_in_now(self.typed, self._form.password), name="sign in")

    async def _sign_in_now(self, wanted: SavedConnection, password: str) -> None:
        try:
            async with ConsoleClient(wanted.url, tls=trust(wanted.ca_file), allows_http=wanted.allows_http) as client:
                pair = await client.login(wanted.username, password)
        except UnauthorizedError:
            self._refuse(sign_in_refusal(wanted.username, wanted.shown_name, self._browser.provider))
        except TaskdeckError as error:
            trouble = explain(error)
            self._refuse(trouble.text)
        except (ValueError, TypeError) as error:
            self._refuse(tr("%1 is not a valid address: %2", wanted.url, error))
        else:
            await self._use_tokens(wanted, pair)

    async def _use_tokens(self, wanted: SavedConnection, pair: TokenPair) -> None:
        await self._credentials.keep(wanted.url, pair)
        self._connections.save(replace(wanted))
        if isValid(self):
            self.accept()
            self.signed_in.emit(wanted.url, pair)

    def _refuse(self, text: str) -> None:
        if isValid(self):  # the dialog may have been closed while it waited
            self._is_signing_in = False
            self._sign_in.setText(tr("Sign in"))
            self._show_message(text)

    def _show_message(self, text: str) -> None:
        self._error.setText(text)
        self._error.show()
