"""Registers the console for `taskdeck://` links: a .desktop file, as the XDG specification has it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from console.deep_link import SCHEME
from shared.own_program import lasting_command

_NAME = "taskdeck-links.desktop"
_SECONDS = 10


def desktop_entry(command: str) -> str:
    """Return the entry for a command that takes the link as its last argument."""
    return (
        "[Desktop Entry]\n"
        "Type=Application\n"
        "Name=Taskdeck\n"
        "Comment=Opens links to tasks and runs\n"
        f"Exec={command} console %u\n"
        "NoDisplay=true\n"
        "Terminal=false\n"
        f"MimeType=x-scheme-handler/{SCHEME};\n"
    )


def quoted(path: Path) -> str:
    """Return a path as an Exec line takes it."""
    text = str(path)
    for sign in ("\\", '"', "`", "$"):
        text = text.replace(sign, f"\\{sign}")
    return f'"{text.replace("%", "%%")}"'


class DeepLinkHandler:
    """Installs the entry for this user, and removes it."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` is where the desktop looks for entries; by default the user's."""
        data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
        self._path = (folder or data / "applications") / _NAME

    @property
    def is_possible(self) -> bool:
        """Whether this system does it by such a file."""
        return sys.platform.startswith("linux")

    @property
    def is_installed(self) -> bool:
        """Whether links open here."""
        return self._path.exists()

    def install(self) -> None:
        """Write the entry and make it the one for our links."""
        program, *arguments = lasting_command()
        command = " ".join([quoted(Path(program)), *arguments])
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(desktop_entry(command), encoding="utf-8")
        self._run("xdg-mime", "default", _NAME, f"x-scheme-handler/{SCHEME}")

    def remove(self) -> None:
        """Remove the entry."""
        self._path.unlink(missing_ok=True)
        self._run("update-desktop-database", str(self._path.parent))

    @staticmethod
    def _run(*command: str) -> None:
        """Notify the desktop; one without the tool finds the file by itself."""
        if shutil.which(command[0]):
            subprocess.run(command, check=False, timeout=_SECONDS, capture_output=True)  # noqa: S603
