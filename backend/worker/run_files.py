"""The files by which a command communicates: its progress, its output for later tasks, the results of upstream runs."""

import asyncio
import contextlib
import json
import os
import re
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from backend.worker.kept_folders import KeptFolders
from backend.worker.run_user import RunUser
from shared.json_nesting import MOST_NESTED, nesting

PROGRESS_VARIABLE = "TASKDECK_PROGRESS"
OUTPUT_VARIABLE = "TASKDECK_OUTPUT"
UPSTREAMS_VARIABLE = "TASKDECK_UPSTREAMS"
MOST_OUTPUT_BYTES = 32 * 1024
_TMP = "tmp"
_MOST_PROGRESS_BYTES = 4096
"""Read from the end of the file, for its last line."""
_MOST_PROGRESS_CHARACTERS = 255
_NUL_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
r"""A NUL in JSON text. An escaped backslash before `u0000` is not one."""


class OutputError(ValueError):
    """The output of a command cannot be kept; the message says why."""


class RunFiles:
    """The private folder of one attempt: what is in it is removed at its end."""

    def __init__(
        self,
        folder: Path,
        *,
        owner: RunUser | None = None,
        has_tmp: bool = False,
        kept: KeptFolders | None = None,
    ) -> None:
        """`owner` is the command's user where that is not the worker's; `has_tmp` adds a temporary folder.

        One of the `kept` folders takes the place of `folder`, and becomes one again if the command leaves nothing.
        """
        self._is_made = False
        if kept is not None:
            folder, self._is_made = kept.take(folder.parent, tmp=_TMP if has_tmp else None)
        self._kept = kept
        self._folder = folder
        self._owner = owner
        self._tmp = folder / _TMP if has_tmp else None
        self.progress = folder / "progress"
        self._output = folder / "output"
        self._upstreams = folder / "upstreams.json"
        self._script = folder / "script"
        self._has_upstreams = False

    async def __aenter__(self) -> Self:
        if self._is_made:
            return self
        self._folder.mkdir(parents=True, mode=0o700)
        if self._tmp is not None:
            self._tmp.mkdir(mode=0o700)
        return self

    def hand_over(self) -> None:
        """Give the folder to the command's user; the worker writes nothing into it afterwards.

        The folder itself comes last: until then the user cannot put links into it.
        """
        if self._owner is None:
            return
        for path in (*self._folder.iterdir(), self._folder):
            os.chown(path, self._owner.uid, self._owner.gid, follow_symlinks=False)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._kept is not None and self._kept.keep(self._folder, tmp=_TMP if self._tmp is not None else None):
            return
        try:
            if self._tmp is not None:
                self._tmp.rmdir()
            self._folder.rmdir()  # Most commands leave nothing: a thread would take longer than this.
        except OSError:
            # A command may have left a hundred thousand files.
            await asyncio.to_thread(_remove, self._folder)

    def keep_from_others(self) -> None:
        """Remove the folder at the end in any case: a process of the command could not be ended."""
        self._kept = None

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables that name the files."""
        variables = {PROGRESS_VARIABLE: str(self.progress), OUTPUT_VARIABLE: str(self._output)}
        if self._tmp is not None:
            variables["TMPDIR"] = str(self._tmp)
        if self._has_upstreams:
            variables[UPSTREAMS_VARIABLE] = str(self._upstreams)
        return variables

    def write_script(self, text: str) -> Path:
        """Write a script and return its path; an interpreter reads it, so it need not be executable."""
        self._script.write_text(text, encoding="utf-8", newline="\n")
        return self._script

    def write_upstreams(self, results: Mapping[str, Mapping[str, Any]]) -> None:
        """Write the results of upstream runs by the name of their task, as JSON."""
        self._has_upstreams = True
        self._upstreams.write_text(json.dumps(results, ensure_ascii=False), encoding="utf-8")

    @property
    def has_foreign_progress(self) -> bool:
        """Whether the command put something else in the place of the progress file, which is not read."""
        try:
            return not stat.S_ISREG(self.progress.lstat().st_mode)
        except OSError:
            return False

    async def output(self) -> str | None:
        """Return the JSON that the command left, or None; raises `OutputError` where it cannot be kept."""
        # Most commands leave none: a thread would take longer than this.
        return await asyncio.to_thread(_read_output, self._output) if os.path.lexists(self._output) else None


def _remove(folder: Path) -> None:
    """Remove the folder, or what a command put in its place: `rmtree` would open a pipe and wait."""
    with contextlib.suppress(OSError):
        if stat.S_ISDIR(folder.lstat().st_mode):
            shutil.rmtree(folder, ignore_errors=True)
        else:
            folder.unlink()


def _read_output(file: Path) -> str | None:
    try:
        data = _read_regular(file, limit=MOST_OUTPUT_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OutputError(f"the output cannot be read and was not kept: {error.strerror}") from error
    if data is None:
        raise OutputError("the output is not a regular file, and was not kept")
    if len(data) > MOST_OUTPUT_BYTES:
        raise OutputError(f"the output is larger than {MOST_OUTPUT_BYTES // 1024} KiB, and was not kept")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise OutputError("the output is not UTF-8, and was not kept") from None
    return _storable(text) if text.strip() else None


def read_progress(file: Path) -> tuple[float | None, str] | None:
    """Return percent and text of a progress file's last line, such as `40 loading`; None where there is none."""
    try:
        data = _read_regular(file, limit=_MOST_PROGRESS_BYTES, from_end=True)
    except OSError:
        return None
    if data is None:
        return None
    lines = data.decode("utf-8", "replace").replace("\x00", "").splitlines()
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


def _storable(text: str) -> str:
    """Return JSON text as PostgreSQL stores it; raises `OutputError`."""
    try:
        # A number beyond a double's range is read as infinity, which is not JSON.
        kept = json.dumps(json.loads(text, parse_constant=_refuse), ensure_ascii=False, allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise OutputError(f"the output is not JSON, and was not kept: {error}") from None
    if nesting(kept) > MOST_NESTED:
        raise OutputError(f"the output is nested deeper than {MOST_NESTED} levels, and was not kept")
    if _NUL_ESCAPE.search(kept):
        raise OutputError("the output contains a NUL character, and was not kept")
    try:
        kept.encode()
    except UnicodeEncodeError:
        raise OutputError("the output contains half of a surrogate pair, and was not kept") from None
    return kept


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def _read_regular(file: Path, *, limit: int, from_end: bool = False) -> bytes | None:
    """Return up to `limit` bytes of a regular file, None of anything else; raises OSError.

    A command may put a pipe, a device or a link in its place: opening does not block, and links are not followed.
    """
    if stat.S_ISLNK(os.lstat(file).st_mode) or not stat.S_ISDIR(file.parent.lstat().st_mode):
        return None
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    with open(descriptor, "rb") as stream:  # noqa: PTH123 - a descriptor has no path
        status = os.fstat(descriptor)
        # A second name could be that of another user's file, which the worker may read and the command may not.
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
            return None
        if from_end:
            stream.seek(max(0, status.st_size - limit))
        return stream.read(limit)
