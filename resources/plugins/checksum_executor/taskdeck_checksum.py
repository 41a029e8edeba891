"""The executor `checksum`: the SHA-256 of a file, whose absolute path is the command."""

import asyncio
import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path

from backend.plugins.executors import (
    Attempt,
    AttemptResult,
    ExecutorDescription,
    FieldError,
    LogStream,
    failed,
    succeeded,
)

_BLOCK = 1024 * 1024


class ChecksumExecutor:
    """Reads files in threads, which stop between two blocks."""

    description = ExecutorDescription(name="checksum", description="Computes the SHA-256 of the file that it names.")

    def check(self, *, command: str, arguments: Sequence[str]) -> list[FieldError]:
        """Require an absolute path."""
        if not command.startswith("/") or "\x00" in command:
            return [FieldError("command", "must be an absolute path, such as /srv/backup.tgz")]
        return []

    async def execute(self, attempt: Attempt) -> AttemptResult:
        """Compute the sum, or stop when the attempt is to end."""
        stop = threading.Event()
        reading = asyncio.ensure_future(asyncio.to_thread(_checksum, Path(attempt.assignment.command), stop))
        try:
            stopped = await attempt.wait(reading)
        finally:
            stop.set()
            await asyncio.wait((reading,))
        if stopped is not None:
            return attempt.stopped(stopped)
        error = reading.exception()
        if isinstance(error, OSError):
            return failed(f"{attempt.assignment.command}: {error.strerror}")
        attempt.output.write(LogStream.STDOUT, f"{reading.result()}\n".encode())
        return succeeded()


def _checksum(file: Path, stop: threading.Event) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while not stop.is_set() and (block := content.read(_BLOCK)):
            digest.update(block)
    return digest.hexdigest()
