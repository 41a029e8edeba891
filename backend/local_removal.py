"""Removing everything that Taskdeck has stored for a user: data directory, login, the console's settings."""

import os
import shutil
from pathlib import Path

import platformdirs

from backend.local_directory import LocalDirectory
from shared.errors import StartupError

_OF_A_DATA_DIRECTORY = (
    "backend.json", "backend.partial", "backups", "examples-added", "logs", "port", "postgres", "postgres-before-*",
    "postgres-unfinished-*", "run", "secrets-key", "workers", "backend.lock",
)  # fmt: skip
"""Names in a data directory; the lock comes last. Other files of the folder are the user's own."""


def stored_files(data_dir: Path) -> list[Path]:
    """Return what exists in the data directory, and beside it of the user's login and console."""
    found = [path for pattern in _OF_A_DATA_DIRECTORY for path in sorted(data_dir.glob(pattern))]
    config = Path(platformdirs.user_config_dir())
    applications = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "applications"
    others = (config / "taskdeck", config / "Taskdeck", applications / "taskdeck-links.desktop")
    return found + [path for path in others if path.exists()]


def remove_data(data_dir: Path) -> None:
    """Remove what `stored_files` returns, and the directory itself if nothing else is in it.

    Raises `StartupError` if a backend uses the directory, or a file cannot be removed.
    """
    if data_dir.exists():
        directory = LocalDirectory(data_dir)
        running = directory.acquire()
        if running is not None:
            raise StartupError(
                f"A backend uses {data_dir}: {running.url}, process {running.pid}. Stop it, then remove its data."
            )
        directory.release()
    for path in stored_files(data_dir):
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise StartupError(f"{path} cannot be removed: {error.strerror}.") from error
    if data_dir.is_dir() and not any(data_dir.iterdir()):
        data_dir.rmdir()
