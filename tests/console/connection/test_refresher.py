"""Loading what a view shows: one load at a time, and again when it got no answer."""

import asyncio

import pytest
from PySide6.QtWidgets import QApplication

from console.background import BackgroundJobs
from console.connection import refresher as module
from console.connection.refresher import Refresher
from console.event_loop import event_loop
from shared.errors import BackendUnreachableError, TaskdeckError


def test_a_load_without_an_answer_is_repeated(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_MS", 0)

    async def scenario() -> None:
        background, answered = BackgroundJobs(), asyncio.Event()
        failures: list[Exception] = []
        background.failed.connect(failures.append)
        attempts: list[int] = []

        async def load() -> None:
            attempts.append(len(attempts))
            if len(attempts) < 3:
                raise BackendUnreachableError("The connection was closed.")
            answered.set()

        refresher = Refresher(background, load, name="tested")
        refresher.request()
        async with asyncio.timeout(30):
            await answered.wait()
        assert (attempts, failures) == ([0, 1, 2], [])
        await background.close()

    with event_loop(qapp) as loop:
        loop.run_until_complete(scenario())


def test_a_refusal_is_reported_and_not_repeated(qapp: QApplication) -> None:
    async def scenario() -> None:
        background, failed = BackgroundJobs(), asyncio.Event()
        failures: list[Exception] = []
        background.failed.connect(failures.append)
        background.failed.connect(lambda _error: failed.set())

        async def load() -> None:
            raise TaskdeckError("Refused.")

        refresher = Refresher(background, load, name="tested", rest_ms=0)
        refresher.request()
        async with asyncio.timeout(30):
            await failed.wait()
        assert [str(one) for one in failures] == ["Refused."]
        await background.close()

    with event_loop(qapp) as loop:
        loop.run_until_complete(scenario())
