"""Dead letters as an operator sees them, sends them back and throws them away, on a real broker."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import aio_pika
import pytest
from PySide6.QtWidgets import QApplication

from backend.broker.queues import DEAD_LETTER_QUEUE, REPORT_QUEUE
from console.application import Console
from console.options import Options
from console.views.workers.dead_letters import DeadLettersDialog
from console.views.workers.view import WorkersView
from console.widgets.confirm import ConfirmDialog
from tests.conftest import Databases
from tests.console.conftest import drive, until
from tests.faults.fleet import Fleet
from tests.free_port import free_port

POISON = b"nobody can read this"


@pytest.fixture
def address(databases: Databases, rabbit_url: str, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The URL and a token of a backend on servers, with one dead letter on its broker."""
    url = asyncio.run(databases.create())
    fleet = Fleet(tmp_path, url.replace("+asyncpg", ""), rabbit_url)
    port = free_port()

    async def prepare() -> str:
        fleet.backend(port)
        async with await fleet.client(port) as client:
            connection = await aio_pika.connect(rabbit_url)
            channel = await connection.channel()
            await channel.default_exchange.publish(aio_pika.Message(POISON), REPORT_QUEUE.name)
            async with (await channel.get_queue(DEAD_LETTER_QUEUE.name)).iterator(timeout=10) as letters:
                letter = await anext(letters)
            await letter.nack(requeue=True)
            await connection.close()
            made = await client.request("POST", "/api/tokens", json={"name": "console"})
            return str(made["data"]["token"])

    try:
        yield f"http://127.0.0.1:{port}", asyncio.run(prepare())
    finally:
        fleet.kill_all()
        asyncio.run(databases.drop(url))


def test_dead_letters_are_shown_sent_back_and_thrown_away(
    qapp: QApplication, address: tuple[str, str], tmp_path: Path
) -> None:
    async def scenario(console: Console) -> None:
        await until(lambda: console.connection.is_online, console.connection.state_changed)
        console.window.show_view("workers")
        view = console.window.current
        assert isinstance(view, WorkersView)
        await until(lambda: not view.dead_letters.isHidden(), console.background.ended)
        assert "1 message" in view.dead_letters.words.text()
        view.dead_letters.look.click()
        dialog = view.findChild(DeadLettersDialog)
        assert dialog is not None
        await until(lambda: bool(dialog.model.rows), console.background.ended)
        assert dialog.content.toPlainText() == POISON.decode()

        dialog.throw_away.click()
        question = dialog.findChild(ConfirmDialog)
        assert question is not None
        question.go.click()
        await until(lambda: not dialog.model.rows, console.background.ended)
        assert not dialog.send_back.isEnabled()
        assert not dialog.empty.isHidden()
        assert dialog.table.isHidden()
        dialog.accept()
        await until(view.dead_letters.isHidden, console.background.ended)

    url, token = address
    drive(qapp, Options(data_dir=tmp_path / "none", url=url, token=token), tmp_path / "settings.ini", scenario)
