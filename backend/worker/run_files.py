"""The files through which a command speaks of itself: how far it has come, and what it leaves for later tasks."""

import contextlib
import json
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

PROGRESS_VARIABLE = "TASKDECK_PROGRESS"
OUTPUT_VARIABLE = "TASKDECK_OUTPUT"
MOST_OUTPUT_BYTES = 32 * 1024
_MOST_PROGRESS_BYTES = 4096
_MOST_PROGRESS_CHARACTERS = 255


class OutputError(ValueError):
    """What a command wrote as its output cannot be kept; the message says why."""


class RunFiles:
    """A private folder of one attempt; it goes with the attempt. `peak_memory` is the most that was seen of it."""

    peak_memory = 0

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="taskdeck-"))
        self.progress = self.folder / "progress"
        self.script = self.folder / "script"
        self._output = self.folder / "output"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in (self.progress, self._output, self.script):
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)
        try:
            self.folder.rmdir()
        except OSError:  # the command left more than it was asked for
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def variables(self) -> dict[str, str]:
        """What the command is told of the files."""
        return {PROGRESS_VARIABLE: str(self.progress), OUTPUT_VARIABLE: str(self._output)}

    def output(self) -> str | None:
        """Return the JSON that the command left, or None; raises `OutputError` where it cannot be kept."""
        try:
            if self._output.stat().st_size > MOST_OUTPUT_BYTES:
                raise OutputError(f"the output is larger than {MOST_OUTPUT_BYTES // 1024} KiB, and was not kept")
            text = self._output.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise OutputError(f"the output cannot be read: {error.strerror}") from error
        except UnicodeDecodeError:
            raise OutputError("the output is not UTF-8, and was not kept") from None
        if not text.strip():
            return None
        try:
            value = json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise OutputError(f"the output is not JSON, and was not kept: {error}") from None
        kept = json.dumps(value, ensure_ascii=False)
        if "\\u0000" in kept:
            raise OutputError("the output contains a NUL character, and was not kept")
        return kept


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def read_progress(file: Path) -> tuple[float | None, str] | None:
    """Return the percent and the words of a progress file's last line, such as `40 loading`; None where none is."""
    try:
        with file.open("rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - _MOST_PROGRESS_BYTES))
            lines = stream.read().decode("utf-8", "replace").replace("\x00", "").splitlines()
    except OSError:
        return None
    line = next((line.strip() for line in reversed(lines) if line.strip()), None)
    if line is None:
        return None
    number, _, words = line.partition(" ")
    try:
        percent = float(number.removesuffix("%"))
    except ValueError:
        return None, line[:_MOST_PROGRESS_CHARACTERS]
    if not 0 <= percent <= 100:
        percent = min(100.0, max(0.0, percent)) if percent == percent else 0.0
    return percent, words.strip()[:_MOST_PROGRESS_CHARACTERS]
