"""Writes what belongs to a desktop and to shells: desktop entry, icons, man page, completions.

python installer/share_files.py FOLDER     # the folder becomes what /usr/share has
"""

import gzip
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

from installer.man_page import man_page

ICON_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
COMPLETIONS = {
    "bash": "bash-completion/completions/taskdeck",
    "zsh": "zsh/vendor-completions/_taskdeck",
    "fish": "fish/vendor_completions.d/taskdeck.fish",
}
DESKTOP_ENTRY = """[Desktop Entry]
Type=Application
Name=Taskdeck
GenericName=Task scheduler
GenericName[zh_CN]=任务调度
Comment=Schedule tasks, and see what runs, waits and fails
Comment[zh_CN]=调度任务，查看运行、等待和失败的情况
Exec=taskdeck console %u
Icon=taskdeck
Terminal=false
Categories=System;Monitor;
Keywords=cron;job;schedule;queue;
StartupWMClass=taskdeck
MimeType=x-scheme-handler/taskdeck;
"""


def write_icons(folder: Path) -> None:
    """Render the icon in the sizes of the hicolor theme, and copy its drawing."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    application = QGuiApplication([])
    drawing = files("resources.icons").joinpath("app.svg").read_bytes()
    renderer = QSvgRenderer(drawing)
    for size in ICON_SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        path = folder / f"{size}x{size}" / "apps" / "taskdeck.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not image.save(str(path)):
            raise OSError(f"{path} cannot be written.")
    path = folder / "scalable" / "apps" / "taskdeck.svg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(drawing)
    application.quit()


def write_completions(folder: Path) -> None:
    """Let the command line print its completion for each shell."""
    for shell, name in COMPLETIONS.items():
        environment = {**os.environ, "_TASKDECK_COMPLETE": f"source_{shell}"}
        program = Path(sys.executable).with_name("taskdeck")
        done = subprocess.run([program], env=environment, capture_output=True, text=True, check=True)  # noqa: S603
        if "taskdeck" not in done.stdout:
            raise ValueError(f"The command line has no completion for {shell}: {done.stderr}")
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(done.stdout.strip() + "\n", encoding="utf-8")


def write_all(folder: Path) -> None:
    """Write everything below `folder`."""
    write_icons(folder / "icons" / "hicolor")
    write_completions(folder)
    entry = folder / "applications" / "taskdeck.desktop"
    entry.parent.mkdir(parents=True, exist_ok=True)
    entry.write_text(DESKTOP_ENTRY, encoding="utf-8")
    manual = folder / "man" / "man1" / "taskdeck.1.gz"
    manual.parent.mkdir(parents=True, exist_ok=True)
    manual.write_bytes(gzip.compress(man_page().encode(), mtime=0))


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
