"""The id of a worker's process: each is greater than those before, so that a recorded one cannot pass as the newest."""

import time
import uuid
from pathlib import Path

import structlog

FILE_NAME = "incarnation"
_TIME_DIGITS = 12
_RANDOM_DIGITS = 20

log = structlog.get_logger()


def new_incarnation_id(folder: Path) -> str:
    """Return an id of 32 hexadecimal digits, greater than the last one that `folder` knows.

    It begins with the machine's time in milliseconds, and goes on counting where that was set back.
    """
    path = folder / FILE_NAME
    number = max(round(time.time() * 1000), _last(path) + 1)
    found = f"{number:0{_TIME_DIGITS}x}{uuid.uuid4().hex[:_RANDOM_DIGITS]}"
    try:
        path.write_text(found, encoding="ascii")
    except OSError as error:
        log.warning("the worker's start could not be recorded", path=str(path), cause=error.strerror)
    return found


def _last(path: Path) -> int:
    try:
        with path.open(encoding="ascii") as file:
            return int(file.read(_TIME_DIGITS), 16)
    except (OSError, ValueError):
        return 0
