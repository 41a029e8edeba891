"""The console's first paint, memory, and response under events, long logs, many tasks and large graphs; offscreen."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from tests.bench.report import percentile, report
from tests.bench.sizes import size
from tests.local_process import LocalProcess

TIMES = 7
SHOWN_SECONDS = 8
EVENT_SECONDS = size("EVENT_SECONDS", 30)
"""Duration of the stream of events; 600 shows memory growth."""
BARE = """
from PySide6.QtWidgets import QApplication, QMainWindow
from PySide6.QtCore import QTimer
class Window(QMainWindow):
    def paintEvent(self, event):
        QTimer.singleShot(0, lambda: print("first paint", flush=True))
application = QApplication([])
window = Window()
window.resize(1280, 800)
window.show()
application.exec()
"""


def first_paint(command: list[str], *, stays: float = 0.0) -> tuple[float, float]:
    """Return the seconds from process start to first paint, and the memory in MiB after `stays`."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
    assert process.stdout is not None
    process.stdout.readline()
    took = time.perf_counter() - began
    time.sleep(stays)
    memory = psutil.Process(process.pid).memory_info().rss / 2**20
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    return took, memory


async def measure(folder: Path) -> None:
    """Open the console several times, and once for longer, with a local backend."""
    backend = LocalProcess(folder / "local")
    await asyncio.to_thread(backend.start)
    try:
        command = [sys.executable, "-m", "console", "--report-first-paint", "--data-dir", str(backend.data_dir)]
        bare = [sys.executable, "-c", BARE]
        paints, bares = [], []
        for _ in range(TIMES):
            paints.append((await asyncio.to_thread(first_paint, command))[0])
            bares.append((await asyncio.to_thread(first_paint, bare))[0])
        report("console_first_paint_s", percentile(paints, 0.5), "s", percentile(bares, 0.5))
        _, memory = await asyncio.to_thread(lambda: first_paint(command, stays=SHOWN_SECONDS))
        report("console_rss_mb", memory, "MiB")
        live = [sys.executable, "-m", "tests.bench.console_live", str(backend.data_dir), str(EVENT_SECONDS)]
        await asyncio.to_thread(subprocess.run, live, check=True)
        await asyncio.to_thread(subprocess.run, [sys.executable, "-m", "tests.bench.console_graph"], check=True)
    finally:
        await asyncio.to_thread(backend.stop)
