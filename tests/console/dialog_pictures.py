"""Pictures of the dialogs and of what lies behind a view's first page."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication, QTabWidget, QWidget

from console.application import Console
from console.views.policies.resources import RESOURCES
from console.views.tasks.backfill_dialog import BackfillDialog
from console.views.tasks.history_dialog import HistoryDialog
from shared.enums import RunStatus

Settled = Callable[[Console], Awaitable[None]]
Keep = Callable[[QWidget, Path], None]
_OPEN_SECONDS = 10


async def _dialog() -> QWidget:
    async with asyncio.timeout(_OPEN_SECONDS):
        while (found := QApplication.activeModalWidget()) is None:
            await asyncio.sleep(0.05)
    return found


async def draw_dialogs(console: Console, place: Path, settled: Settled, keep: Keep) -> None:
    """Draw each once, on the theme, language and size that the window has."""
    window = console.window
    for page in RESOURCES:
        window.follow("policies", {"page": page.name})
        await settled(console)
        keep(window, place / f"policies-{page.name}.png")
    window.follow("users", {"page": "tokens"})
    await settled(console)
    keep(window, place / "users-tokens.png")
    client = console.connection.client
    for name, status in (("failed", RunStatus.FAILED), ("running", RunStatus.RUNNING)):
        runs = (await client.list_runs(status=[status], limit=1)).data
        if runs:
            window.follow("runs", {"run": runs[0].id})
            await settled(console)
            keep(window, place / f"run-{name}.png")
            for at, tab in enumerate(("attempts", "inputs"), start=1):
                tabs = window.current.detail.tabs  # type: ignore[attr-defined]
                tabs.setCurrentIndex(at)
                await settled(console)
                keep(window, place / f"run-{name}-{tab}.png")
            tabs.setCurrentIndex(0)
    window.follow("workers", {"worker": (await client.list_workers(limit=1)).data[0].id})
    await settled(console)
    keep(window, place / "worker.png")
    for name, open_it in (("palette", window.show_palette), ("shortcuts", window.show_shortcuts)):
        open_it()
        dialog = await _dialog()
        await settled(console)
        keep(dialog, place / f"{name}.png")
        dialog.close()
    console.choose_backend()
    dialog = await _dialog()
    await settled(console)
    keep(dialog, place / "connections.png")
    dialog.add.click()  # type: ignore[attr-defined]
    keep(dialog, place / "connection-new.png")
    dialog.close()
    await _draw_task_dialogs(console, place, settled, keep)


async def _draw_task_dialogs(console: Console, place: Path, settled: Settled, keep: Keep) -> None:
    window = console.window
    tasks = (await console.connection.client.list_tasks(has_schedule=True, limit=1)).data
    window.show_view("tasks")
    await settled(console)
    window.current.edit(tasks[0])  # type: ignore[attr-defined]
    dialog = await _dialog()
    await settled(console)
    pages = dialog.findChild(QTabWidget)
    for at in range(pages.count() if isinstance(pages, QTabWidget) else 1):
        if isinstance(pages, QTabWidget):
            pages.setCurrentIndex(at)
        await settled(console)
        keep(dialog, place / f"editor-{at + 1}.png")
    dialog.close()
    for name, made in (
        ("backfill", BackfillDialog(console.context, tasks[0], window)),
        ("history", HistoryDialog(console.context, tasks[0], window)),
    ):
        made.open()
        await settled(console)
        keep(made, place / f"{name}.png")
        made.close()
