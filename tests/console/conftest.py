"""The real console, offscreen, over a real local backend."""

import asyncio
import gc
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QEvent, SignalInstance
from PySide6.QtWidgets import QApplication

from console.application import Console
from console.event_loop import event_loop
from console.memory import Memory
from console.options import Options
from tests.local_process import LocalProcess

SECONDS = 30


async def until(predicate: Callable[[], bool], *signals: SignalInstance, seconds: float = SECONDS) -> None:
    """Return when `predicate` holds; it is asked after each of `signals`."""
    told = asyncio.Event()

    def tell(*_: object) -> None:
        told.set()

    for one in signals:
        one.connect(tell)
    try:
        async with asyncio.timeout(seconds):
            while not predicate():
                await told.wait()
                told.clear()
    finally:
        for one in signals:
            one.disconnect(tell)


def drive(
    application: QApplication, options: Options, settings: Path, scenario: Callable[[Console], Awaitable[Any]]
) -> None:
    """Open a console, play the scenario, close it."""

    async def whole() -> None:
        console = Console(application, options, Memory.in_file(settings))
        failures: list[Exception] = []
        console.background.failed.connect(failures.append)
        console.open()
        try:
            async with asyncio.timeout(2 * SECONDS):
                await scenario(console)
        finally:
            await console.close()
            console.window.deleteLater()
        assert failures == []

    try:
        with event_loop(application) as loop:
            loop.run_until_complete(whole())
    finally:
        # What is left must be destroyed here, on Qt's thread: a collection in another one would crash.
        application.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()


Play = Callable[[Callable[[Console], Awaitable[Any]]], None]


@pytest.fixture
def play(qapp: QApplication, local_backend: LocalProcess, tmp_path: Path) -> Play:
    """Play a scenario on a console that is connected to the local backend."""

    def run(scenario: Callable[[Console], Awaitable[Any]]) -> None:
        async def connected(console: Console) -> None:
            await until(lambda: console.connection.is_online, console.connection.state_changed)
            await scenario(console)

        drive(qapp, Options(data_dir=local_backend.data_dir, is_local=True), tmp_path / "settings.ini", connected)

    return run
