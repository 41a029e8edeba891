"""The starts of commands, as the commands themselves write them down."""

import asyncio
from pathlib import Path

_POLL_SECONDS = 0.002


class Starts:
    """A file to which each command of a system appends the time of its first instruction, in nanoseconds."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._file.touch()

    @property
    def command(self) -> str:
        """The command of all tasks that are measured."""
        return f"date +%s%N >> {self._file}"

    def clear(self) -> None:
        self._file.write_bytes(b"")

    async def until(self, count: int, *, seconds: float) -> list[int]:
        """Return the times when there are `count`; raises `TimeoutError`, and `ValueError` if there are more."""
        async with asyncio.timeout(seconds):
            while (times := read_times(self._file.read_bytes())) is None or len(times) < count:
                await asyncio.sleep(_POLL_SECONDS)
        if len(times) > count:
            raise ValueError(f"{len(times)} commands have started instead of {count}")
        return times


def read_times(written: bytes) -> list[int] | None:
    """Return the times of a file in ascending order, or None while its last line is not complete."""
    if written and not written.endswith(b"\n"):
        return None
    return sorted(int(line) for line in written.split())


def per_second(times: list[int]) -> float:
    """Return the starts a second between the first and the last of ascending times."""
    return (len(times) - 1) / ((times[-1] - times[0]) / 1e9)
