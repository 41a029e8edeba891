"""The frozen application of `make package`: first paint of its console, and a short command."""

import asyncio
import subprocess
import time
from pathlib import Path

from tests.bench.console import first_paint
from tests.bench.report import percentile, report
from tests.local_process import LocalProcess

APPLICATION = Path(__file__).parents[2] / "build" / "package" / "taskdeck"
TIMES = 9


async def measure(folder: Path) -> None:
    """Open the console and list tasks several times, with a local backend of the application."""
    if not APPLICATION.exists():
        raise SystemExit(f"{APPLICATION} does not exist. Build it with: make package")
    backend = LocalProcess(folder / "local", program=[str(APPLICATION / "taskdeck")])
    await asyncio.to_thread(backend.start)
    try:
        await asyncio.to_thread(_measure, backend)
    finally:
        await asyncio.to_thread(backend.stop)


def _measure(backend: LocalProcess) -> None:
    console = [str(APPLICATION / "taskdeck-console"), "--report-first-paint", "--data-dir", str(backend.data_dir)]
    paints = [first_paint(console)[0] for _ in range(TIMES)]
    command = [str(APPLICATION / "taskdeck"), "--data-dir", str(backend.data_dir), "task", "list"]
    lists = []
    for _ in range(TIMES):
        began = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        lists.append(time.perf_counter() - began)
    report("application_first_paint_s", percentile(paints, 0.5), "s")
    report("application_task_list_s", percentile(lists, 0.5), "s")
    megabytes = sum(path.lstat().st_size for path in APPLICATION.rglob("*") if path.is_file()) / 1e6
    report("application_mb", megabytes, "MB")
