"""Pictures of every view and page: `python -m tests.console.screenshots FOLDER`.

With rich and with empty data, light and dark, in both languages, at 1280x800 and 2560x1440, drawn offscreen over two
local backends that are started for it; `--data-dir` takes one that runs instead. `--only`, `--themes`, `--languages`,
`--sizes` and `--data` narrow it; `--data lost` draws the window while no backend answers. The dialogs are drawn for
rich data at the first size.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[2]))

from PySide6.QtWidgets import QApplication, QWidget

from console import remembered
from console.application import Console
from console.event_loop import event_loop
from console.memory import Memory
from console.options import Options
from console.preferences import Preference
from console.translation import speak
from console.views.known_views import PAGES, VIEWS
from console.views.object_page import ObjectPage
from shared.client import TaskdeckClient
from shared.client.session import TokenAuth
from shared.enums import RunStatus
from shared.local_backend import find_local_backend
from tests.console.conftest import until
from tests.console.dialog_pictures import DialogPictures
from tests.console.rich_data import LONG_NAME, fill
from tests.local_process import LocalProcess

_PAGES = [spec.name for spec in PAGES]
_NO_ID = 999_999_999
TASKS = {"failed": "nightly-backup", "chain": "warehouse-step-02", "long": LONG_NAME, "paused": "paused-experiment"}
"""Which tasks the page is drawn for, by what their pictures are called."""
RUN_STATUSES = (
    RunStatus.FAILED,
    RunStatus.TIMED_OUT,
    RunStatus.SUCCEEDED,
    RunStatus.RUNNING,
    RunStatus.PENDING,
    RunStatus.BLOCKED,
    RunStatus.SKIPPED,
)
"""The page of a run is drawn for the newest of each."""
_ENDLESS = ("connection", "log of", "start backend")
_LONGEST_SECONDS = 15
_QUIET_LOOKS = 3
_LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which pictures."""

    views: Sequence[str]
    themes: Sequence[str]
    languages: Sequence[str]
    sizes: Sequence[tuple[int, int]]


async def settled(console: Console) -> None:
    """Wait until all that a view asked for has come: nothing runs at several looks one after the other."""
    quiet = 0
    async with asyncio.timeout(_LONGEST_SECONDS):
        while quiet < _QUIET_LOOKS:
            await asyncio.sleep(_LOOK_SECONDS)
            busy = [name for name in console.background.running if not name.startswith(_ENDLESS)]
            quiet = 0 if busy else quiet + 1


def keep(widget: QWidget, path: Path) -> None:
    """Write a picture of a widget."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not widget.grab().save(str(path)):
        raise SystemExit(f"{path} could not be written")
    print(path)


async def objects_of(console: Console, name: str, data: str) -> list[tuple[str, dict[str, object]]]:
    """Return the pictures of a view, and of a page one for each object of a kind: what it is called, what it shows."""
    if name not in _PAGES:
        return [(name, {})]
    if data == "empty":
        return [(f"{name}-missing", {name: _NO_ID})]
    client = console.connection.client
    if name == "run":
        runs = {status: (await client.list_runs(status=[status], limit=1)).data for status in RUN_STATUSES}
        return [(f"run-{status}", {"run": found[0].id}) for status, found in runs.items() if found]
    tasks = {task.name: task.id for task in (await client.list_tasks(limit=500)).data}
    return [(f"{name}-{kind}", {name: tasks[task]}) for kind, task in TASKS.items()]


async def _draw_rest(console: Console, path: Path) -> None:
    """Draw the end of a page that is longer than the window."""
    page = console.window.current
    assert isinstance(page, ObjectPage)
    bar = page.columns.verticalScrollBar()
    if bar.maximum() > 0:
        bar.setValue(bar.maximum())
        keep(console.window, path)


async def _draw(application: QApplication, folder: Path, data_dir: Path, data: str, language: str, w: Wanted) -> None:
    speak(application, language)
    with tempfile.TemporaryDirectory() as settings:
        memory = Memory.in_file(Path(settings) / "settings.ini")
        memory.put(remembered.PREFERENCE.of(Preference.LANGUAGE), language)
        console = Console(application, Options(data_dir=data_dir, is_local=True), memory)
        if data == "rich":
            console.context.memory.put(remembered.GREETING_STEPS, ["over"])
        console.open()
        async with asyncio.timeout(_LONGEST_SECONDS):
            while not console.connection.is_online:
                await asyncio.sleep(_LOOK_SECONDS)
        for width, height in w.sizes:
            console.window.resize(width, height)
            for theme in w.themes:
                console.theme.choose("dark" if theme == "dark" else "light")
                place = folder / f"{data}-{theme}-{language}-{width}x{height}"
                for name in w.views:
                    for picture, wanted in await objects_of(console, name, data):
                        console.window.follow(name, wanted)
                        await settled(console)
                        keep(console.window, place / f"{picture}.png")
                        if name in _PAGES:
                            await _draw_rest(console, place / f"{picture}-end.png")
                if data == "rich" and (width, height) == w.sizes[0] and len(w.views) == len(VIEWS) + len(PAGES):
                    await DialogPictures(console, place, settled=settled, keep=keep).draw()
        await console.close()
        console.window.deleteLater()


async def _draw_without_backend(application: QApplication, folder: Path, language: str, wanted: Wanted) -> None:
    """Draw the window while nothing answers."""
    speak(application, language)
    with tempfile.TemporaryDirectory() as directory:
        memory = Memory.in_file(Path(directory) / "settings.ini")
        memory.put(remembered.PREFERENCE.of(Preference.LANGUAGE), language)
        console = Console(application, Options(data_dir=Path(directory), is_local=True), memory)
        console.open()
        await until(console.window.connection_banner.isVisible, console.connection.state_changed)
        for width, height in wanted.sizes:
            console.window.resize(width, height)
            for theme in wanted.themes:
                console.theme.choose("dark" if theme == "dark" else "light")
                place = folder / f"lost-{theme}-{language}-{width}x{height}"
                for name in ("overview", "runs"):
                    console.window.show_view(name)
                    await settled(console)
                    keep(console.window, place / f"{name}.png")
        await console.close()
        console.window.deleteLater()


async def _empty(backend: LocalProcess) -> None:
    address = backend.address
    async with TaskdeckClient(address.url, auth=TokenAuth(address.token)) as client:
        tasks = (await client.list_tasks(limit=500)).data
        for task in tasks:
            if task.depends_on:
                await client.update_task(task.id, {"depends_on": []})
        for task in tasks:
            await client.delete_task(task.id)


def _over(application: QApplication, folder: Path, data_dir: Path, data: str, wanted: Wanted) -> None:
    for language in wanted.languages:
        with event_loop(application) as loop:
            loop.run_until_complete(_draw(application, folder, data_dir, data, language, wanted))


def main() -> None:
    """Draw them all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default=",".join(spec.name for spec in (*VIEWS, *PAGES)), help="views, with commas")
    parser.add_argument("--themes", default="light,dark")
    parser.add_argument("--languages", default="en,zh_CN")
    parser.add_argument("--sizes", default="1280x800,2560x1440")
    parser.add_argument("--data", default="rich,empty")
    parser.add_argument("--data-dir", type=Path, default=None, help="draw over the local backend that runs here")
    chosen = parser.parse_args()
    sizes = [tuple(int(side) for side in size.split("x")) for size in chosen.sizes.split(",")]
    wanted = Wanted(
        chosen.only.split(","), chosen.themes.split(","), chosen.languages.split(","), [(w, h) for w, h in sizes]
    )
    application = QApplication([])
    began = time.monotonic()
    if chosen.data == "lost":
        for language in wanted.languages:
            with event_loop(application) as loop:
                loop.run_until_complete(_draw_without_backend(application, chosen.folder, language, wanted))
    elif chosen.data_dir is not None:
        if find_local_backend(chosen.data_dir) is None:
            raise SystemExit(f"no backend runs on {chosen.data_dir}")
        _over(application, chosen.folder, chosen.data_dir.absolute(), "rich", wanted)
    else:
        for data in chosen.data.split(","):
            with tempfile.TemporaryDirectory(prefix="taskdeck-pictures-", ignore_cleanup_errors=True) as name:
                Path(name).chmod(0o755)
                backend = LocalProcess(Path(name) / "data")
                backend.start()
                try:
                    asyncio.run(fill(backend.address, backend.data_dir) if data == "rich" else _empty(backend))
                    _over(application, chosen.folder, backend.data_dir, data, wanted)
                finally:
                    backend.stop()
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
