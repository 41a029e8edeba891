"""Saving a whole log to a file."""

import asyncio
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from console.context import Context
from console.words import tr
from shared.errors import TaskdeckError

_CHUNKS = 500


class LogDownload(QObject):
    """Writes page by page in the background; `saved` names the complete file."""

    saved = Signal(str)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context

    def start(self, run_id: int, path: str) -> None:
        """Start to save; a failure is reported like any other."""
        self._context.background.start(self._save(run_id, Path(path)), name=f"save log of run {run_id}")

    async def _save(self, run_id: int, path: Path) -> None:
        partial = path.with_name(path.name + ".part")
        try:
            await self._write(run_id, partial)
            await asyncio.to_thread(partial.replace, path)
        except OSError as error:
            raise TaskdeckError(
                tr(
                    "The log could not be saved to %1: %2. Choose another folder, or free some space.",
                    path,
                    error.strerror or str(error),
                )
            ) from error
        finally:
            await asyncio.to_thread(partial.unlink, missing_ok=True)
        self.saved.emit(str(path))

    async def _write(self, run_id: int, path: Path) -> None:
        after: int | None = None
        with await asyncio.to_thread(path.open, "w", encoding="utf-8", newline="") as file:
            while True:
                page = await self._context.connection.client.logs(run_id, after=after, limit=_CHUNKS)
                await asyncio.to_thread(file.write, "".join(chunk.text for chunk in page.data))
                if page.meta.next_cursor is None:
                    return
                after = int(page.meta.next_cursor)
