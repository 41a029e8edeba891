"""Watches the event loop of a process: how late it is, and which callback holds it."""

import asyncio
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

BLOCKED_SECONDS = 0.25
"""A callback that holds the loop for longer is logged with its stack: heartbeats and requests wait for it."""
RECENT_SECONDS = 60.0
"""The span of the recent figure: a scrape interval of Prometheus and more."""
_TICK_SECONDS = 0.1
"""Ten ticks a second cost less than 0.1 % of a core."""
_SAMPLED_AFTER_SECONDS = 0.1
"""The watching thread samples the stack from so much lateness on, and keeps the last sample."""
_BIN_SECONDS = 5.0
_MOST_FRAMES = 15
_OWN_PACKAGES = ("backend", "shared")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class LoopLag:
    """How late the loop was at most: in the last minute, and since the start, in seconds."""

    recent_seconds: float
    greatest_seconds: float


@dataclass(frozen=True, slots=True)
class BlockedLoop:
    """A callback that held the loop for too long; `stack` is innermost last."""

    seconds: float
    stack: Sequence[traceback.FrameSummary]

    @property
    def place(self) -> str:
        """The innermost function of ours, or the innermost of all."""
        own = [one for one in self.stack if any(f"/{package}/" in one.filename for package in _OWN_PACKAGES)]
        frame = (own or list(self.stack))[-1]
        return f"{'/'.join(frame.filename.split('/')[-3:])}, line {frame.lineno}, in {frame.name}"


def log_only(_blocked: BlockedLoop) -> None:
    """Report a blocked loop nowhere else than in the log."""


class LoopWatchdog:
    """A service that ticks on the loop, and a thread that looks at the loop's stack while a tick is late."""

    def __init__(self, on_blocked: Callable[[BlockedLoop], None] = log_only) -> None:
        """`on_blocked` is called on the loop, after the callback has returned."""
        self._on_blocked = on_blocked
        self._greatest = 0.0
        self._bins: deque[tuple[int, float]] = deque(maxlen=int(RECENT_SECONDS / _BIN_SECONDS))
        self._due = time.monotonic()
        self._sample: tuple[float, Sequence[traceback.FrameSummary]] | None = None
        self._is_excused = False

    def excuse(self) -> None:
        """Report nothing at the next tick, because the caller is about to hold the loop on purpose."""
        self._is_excused = True

    @property
    def lag(self) -> LoopLag:
        """How late the loop was at most."""
        first = _bin(time.monotonic() - RECENT_SECONDS)
        recent = max((lag for number, lag in self._bins if number > first), default=0.0)
        return LoopLag(recent, self._greatest)

    async def run(self) -> None:
        """Watch until cancelled."""
        stop = threading.Event()
        watching = threading.Thread(
            target=self._watch, args=(threading.get_ident(), stop), name="loop watchdog", daemon=True
        )
        self._due = time.monotonic() + _TICK_SECONDS
        watching.start()
        try:
            while True:
                self._due = time.monotonic() + _TICK_SECONDS
                await asyncio.sleep(_TICK_SECONDS)
                self._tick(max(0.0, time.monotonic() - self._due))
        finally:
            # A callback that held the loop until now has no tick behind it.
            self._tick(max(0.0, time.monotonic() - self._due))
            stop.set()

    def _tick(self, lag: float) -> None:
        self._greatest = max(self._greatest, lag)
        number = _bin(time.monotonic())
        before = self._bins.pop()[1] if self._bins and self._bins[-1][0] == number else 0.0
        self._bins.append((number, max(lag, before)))
        sample, self._is_excused = None if self._is_excused else self._sample, False
        # Without a sample the whole process had no time, which no callback of the loop explains.
        if lag > BLOCKED_SECONDS and sample is not None and sample[0] == self._due:
            blocked = BlockedLoop(lag, sample[1])
            log.warning(
                "The event loop was blocked.",
                seconds=round(lag, 3),
                place=blocked.place,
                stack="".join(traceback.format_list(list(blocked.stack))),
            )
            self._on_blocked(blocked)

    def _watch(self, thread_id: int, stop: threading.Event) -> None:
        while not stop.wait(_TICK_SECONDS):
            due = self._due
            if time.monotonic() - due < _SAMPLED_AFTER_SECONDS:
                continue
            frame = sys._current_frames().get(thread_id)
            if frame is not None:
                self._sample = due, traceback.extract_stack(frame)[-_MOST_FRAMES:]


def _bin(at: float) -> int:
    return int(at // _BIN_SECONDS)
