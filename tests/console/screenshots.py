"""Pictures of every view, in both themes: `python -m tests.console.screenshots FOLDER [--data-dir DIR]`.

They are drawn offscreen, over the local backend that runs on the data directory.
"""

import argparse
import asyncio
import os
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QWidget

from console.application import Console
from console.event_loop import event_loop
from console.options import Options
from console.translation import speak
from console.views.policies.resources import RESOURCES
from console.views.tasks.backfill_dialog import BackfillDialog
from console.views.tasks.history_dialog import HistoryDialog
from shared.local_backend import default_data_dir

VIEWS = ("overview", "tasks", "runs", "workers", "alerts")


async def _settled(console: Console) -> None:
    """Wait until all that a view asked for has come; the link itself never ends."""
    for _ in range(3):
        await asyncio.sleep(0.4)
        others = [task for task in console.tasks._running if task.get_name() != "link"]
        async with asyncio.timeout(20):
            while any(not task.done() for task in others if not task.get_name().startswith("log of")):
                await asyncio.sleep(0.05)


def _keep(widget: QWidget, path: Path) -> None:
    if not widget.grab().save(str(path)):
        raise SystemExit(f"{path} could not be written")
    print(path)


async def _draw(application: QApplication, folder: Path, data_dir: Path) -> None:
    remembered = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    remembered.clear()
    console = Console(application, Options(data_dir=data_dir, is_local=True), remembered)
    console.open()
    async with asyncio.timeout(20):
        while not console.link.is_online:
            await asyncio.sleep(0.05)
    for theme in ("light", "dark"):
        console.context.theme.choose("light" if theme == "light" else "dark")
        for name in VIEWS:
            console.window.show_view(name)
            await _settled(console)
            _keep(console.window, folder / f"{name}-{theme}.png")
        for page in RESOURCES:
            console.window.show_view("policies")
            console.window.current.show_with({"page": page.name})
            await _settled(console)
            _keep(console.window, folder / f"policies-{page.name}-{theme}.png")
        form = console.window.current.pages["rules"].edit(None)  # type: ignore[attr-defined]
        await _settled(console)
        _keep(form, folder / f"rule-form-{theme}.png")
        form.close()
        console.window.show_view("runs")
        runs = (await console.link.client.list_runs(limit=20)).data
        if runs:
            console.window.current.show_with({"run": max(runs, key=lambda run: run.attempt).id})
            await _settled(console)
            _keep(console.window, folder / f"run-{theme}.png")
            console.window.current.close_detail()  # type: ignore[attr-defined]
        console.window.show_view("tasks")
        tasks = (await console.link.client.list_tasks(has_schedule=True, limit=1)).data
        console.window.current.edit(tasks[0] if tasks else None)  # type: ignore[attr-defined]
        await _settled(console)
        dialog = application.activeModalWidget()
        if dialog is not None:
            _keep(dialog, folder / f"editor-{theme}.png")
            tabs = dialog._tabs  # type: ignore[attr-defined]
            tabs.setCurrentIndex(1)
            await _settled(console)
            _keep(dialog, folder / f"editor-schedule-{theme}.png")
            for fold in dialog._folds:  # type: ignore[attr-defined]
                fold.open()
            _keep(dialog, folder / f"editor-schedule-open-{theme}.png")
            tabs.setCurrentIndex(2)
            await _settled(console)
            _keep(dialog, folder / f"editor-advanced-{theme}.png")
            dialog.close()
        if tasks:
            for name, made in (
                ("backfill", BackfillDialog(console.context, tasks[0], console.window)),
                ("history", HistoryDialog(console.context, tasks[0], console.window)),
            ):
                made.open()
                await _settled(console)
                _keep(made, folder / f"{name}-{theme}.png")
                made.close()
        console.choose_backend()
        await _settled(console)
        dialog = application.activeModalWidget()
        if dialog is not None:
            _keep(dialog, folder / f"connection-{theme}.png")
            dialog.close()
    await console.close()


def main() -> None:
    """Draw them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", default="en", help="en or zh_CN")
    parser.add_argument("--data-dir", type=Path, default=default_data_dir())
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    application = QApplication([])
    speak(application, chosen.language)
    with event_loop(application) as loop:
        loop.run_until_complete(_draw(application, chosen.folder, chosen.data_dir.absolute()))


if __name__ == "__main__":
    main()
