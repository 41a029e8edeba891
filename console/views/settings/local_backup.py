"""Backing up the local database, by the command line."""

import asyncio
import contextlib
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from console.background import BackgroundJobs
from console.words import tr
from shared.own_program import taskdeck_command

_SECONDS = 3600.0


class LocalBackup(QObject):
    """Runs one backup at a time; `changed` follows its start and its end."""

    changed = Signal()

    def __init__(self, tasks: BackgroundJobs, data_dir: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._data_dir = data_dir
        self._said = ""
        self.is_busy = False

    def words(self) -> str:
        """Return the result of the last backup, or what a backup contains."""
        return self._said or tr("Saves all tasks, runs and logs in one file. Restore it with “taskdeck restore”.")

    def write(self, path: Path) -> None:
        """Write a backup to `path`."""
        if not self.is_busy:
            self._tasks.start(self._write(path), name="backup")

    async def _write(self, path: Path) -> None:
        self.is_busy, self._said = True, tr("Writing the backup…")
        self.changed.emit()
        try:
            code, said = await self._call(path)
            done = tr("Backup written: %1", said)
            self._said = done if code == 0 else tr("Backup failed: %1", said)
        finally:
            self.is_busy = False
            self.changed.emit()

    async def _call(self, path: Path) -> tuple[int, str]:
        command = taskdeck_command("--data-dir", str(self._data_dir), "backup", str(path))
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        try:
            async with asyncio.timeout(_SECONDS):
                said, _ = await process.communicate()
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        return process.returncode or 0, said.decode(errors="replace").strip()
