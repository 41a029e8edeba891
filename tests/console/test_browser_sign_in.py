"""Signing in with the organisation's provider, in a browser beside the console."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication

from console.application import Console
from console.browser_sign_in import BrowserSignInRow
from console.connection.endpoint import RemoteEndpoint
from console.connection.saved_connections import host_of
from console.connection_dialog import ConnectionDialog
from console.views.users.view import UsersView
from tests.conftest import Databases
from tests.console.conftest import Play, button, line_edit, until, words_in
from tests.oidc.backend_thread import backend_in_thread
from tests.oidc.open_page import main as sign_in_in_browser
from tests.oidc.provider_process import ProviderProcess


@pytest.fixture
def url(databases: Databases, oidc_provider: ProviderProcess) -> Iterator[str]:
    """The address of a backend with a provider."""
    oidc_provider.put("console-ann", preferred_username="console-ann", groups=["sre", "finance"])
    oidc_provider.put("console-none", preferred_username="console-none", groups=[])
    database_url = asyncio.run(databases.create())
    with backend_in_thread(database_url, oidc_provider.issuer) as address:
        yield address
    asyncio.run(databases.drop(database_url))


class Desktop(QObject):
    """Opens pages as somebody, or leaves them open."""

    opened = Signal()

    def __init__(self, subject: str) -> None:
        super().__init__()
        self.subject = subject
        self.urls: list[str] = []
        self.browsing: set[asyncio.Task[None]] = set()

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        """Open a page."""
        text = bytes(url.toEncoded().data()).decode()
        self.urls.append(text)
        self.opened.emit()
        if self.subject:
            task = asyncio.get_running_loop().create_task(sign_in_in_browser(self.subject, text))
            self.browsing.add(task)
            task.add_done_callback(self.browsing.discard)


@contextmanager
def desktop_of(subject: str) -> Iterator[Desktop]:
    desktop = Desktop(subject)
    QDesktopServices.setUrlHandler("http", desktop, "open")  # type: ignore[arg-type]
    try:
        yield desktop
    finally:
        QDesktopServices.unsetUrlHandler("http")


async def offered(console: Console, url: str) -> tuple[ConnectionDialog, BrowserSignInRow]:
    """Return the dialog and its row once the backend at an address has answered."""
    console.choose_backend()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ConnectionDialog)
    (row,) = dialog.findChildren(BrowserSignInRow)
    dialog.add.click()
    assert not row.isVisibleTo(dialog)
    line_edit(dialog, "Address").setText(url)
    await until(lambda: row.isVisibleTo(dialog), row.looked_up)
    assert row.button.text() == "Sign in with Example"
    return dialog, row


def test_somebody_signs_in_with_the_provider(play: Play, url: str) -> None:
    async def scenario(console: Console) -> None:
        _, row = await offered(console, url)
        with desktop_of("console-ann"):
            row.button.click()
            await until(lambda: isinstance(console.connection.endpoint, RemoteEndpoint), console.rebuilt)
            await until(lambda: console.connection.is_online, console.connection.state_changed)
        me = await console.connection.client.me()
        assert (me.username, me.single_sign_on) == ("console-ann", True)
        assert [one.url for one in console.connections.all()] == ["", url]

        console.window.show_view("users")
        view = console.window.current
        assert isinstance(view, UsersView)
        people = view.people
        await until(lambda: bool(people.model.rows), people.model.rowsInserted, people.model.modelReset)
        (ann,) = people.model.rows
        for action, applies in (("change_role", False), ("set_password", False), ("disable", True)):
            assert people.table.row_action(action).applies(ann) is applies
        assert people.model.index(0, 2).data() == "single sign-on"

    play(scenario)


def test_a_refused_password_leads_to_the_provider(play: Play, url: str, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        dialog, _ = await offered(console, url)
        line_edit(dialog, "User name").setText("console-ann")
        line_edit(dialog, "Password").setText("no password of hers")
        button(dialog, "Sign in").click()
        await until(lambda: "refused" in words_in(dialog), console.background.ended)
        words = (
            f"{host_of(url)} refused the sign-in of console-ann: check the user name and the password, or sign in "
            "with Example."
        )
        assert words in words_in(dialog).splitlines()
        dialog.done(0)

    play(scenario)


def test_a_refusal_has_a_sentence_and_the_person_may_try_again(play: Play, url: str) -> None:
    async def scenario(console: Console) -> None:
        dialog, row = await offered(console, url)
        with desktop_of("console-none") as desktop:
            for _ in range(2):
                row.button.click()
                await until(lambda: "in no group" in words_in(dialog), row.refused)
                assert row.button.text() == "Sign in with Example"
        assert len(desktop.urls) == 2
        dialog.done(0)

    play(scenario)


def test_the_person_may_give_up_and_copy_the_address(play: Play, url: str) -> None:
    async def scenario(console: Console) -> None:
        dialog, row = await offered(console, url)
        with desktop_of("") as desktop:
            row.button.click()
            await until(lambda: bool(desktop.urls), desktop.opened)
            assert "Continue in your browser" in words_in(dialog)
            (copy,) = [one for one in dialog.findChildren(type(row.button)) if one.text() == "Copy address"]
            copy.click()
            assert QGuiApplication.clipboard().text() == desktop.urls[0]
            assert row.button.text() == "Cancel"
            row.button.click()
            await until(lambda: "sign in with browser" not in console.background.running, console.background.ended)
            assert row.button.text() == "Sign in with Example"
            row.button.click()
            await until(lambda: len(desktop.urls) == 2, desktop.opened)
            dialog.done(0)
            await until(lambda: "sign in with browser" not in console.background.running, console.background.ended)

    play(scenario)


def test_a_backend_without_a_provider_offers_none(play: Play) -> None:
    async def scenario(console: Console) -> None:
        console.choose_backend()
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ConnectionDialog)
        (row,) = dialog.findChildren(BrowserSignInRow)
        dialog.add.click()
        for address in (
            console.connection.client.base_url,
            "http://127.0.0.1:9",
            "http://[::1",
            "http://elsewhere.test",
        ):
            line_edit(dialog, "Address").setText(address)
            await until(lambda: True, row.looked_up)
            assert not row.isVisibleTo(dialog)
        dialog.done(0)

    play(scenario)
