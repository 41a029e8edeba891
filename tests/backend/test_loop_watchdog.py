"""The watchdog measures how late the event loop is, and names the callback that held it."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from structlog.testing import capture_logs

from backend.faults.reporter import FaultsStored
from backend.loop_watchdog import BLOCKED_SECONDS, BlockedLoop, LoopWatchdog
from backend.queue.figures_sampler import FiguresSampled
from shared.enums import FaultKind
from tests.backend.faults.listed import faults
from tests.machine_speed import slowness
from tests.system import System


@asynccontextmanager
async def watching() -> AsyncIterator[tuple[LoopWatchdog, asyncio.Queue[BlockedLoop]]]:
    reported: asyncio.Queue[BlockedLoop] = asyncio.Queue()
    watchdog = LoopWatchdog(reported.put_nowait)
    running = asyncio.create_task(watchdog.run())
    try:
        yield watchdog, reported
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def hold_the_loop(seconds: float) -> None:
    threading.Event().wait(seconds)


async def test_a_callback_that_holds_the_loop_is_named_with_its_stack() -> None:
    async with asyncio.timeout(10), watching() as (watchdog, reported):
        with capture_logs() as lines:
            asyncio.get_running_loop().call_later(0.15, hold_the_loop, 0.6)
            blocked = await reported.get()
    assert blocked.seconds > 0.3
    assert "in hold_the_loop" in "".join(f"in {frame.name}" for frame in blocked.stack)
    [line] = [one for one in lines if one["event"] == "The event loop was blocked."]
    assert "hold_the_loop" in line["stack"]
    assert watchdog.lag.recent_seconds == watchdog.lag.greatest_seconds == blocked.seconds


async def test_what_holds_the_loop_on_purpose_is_not_reported() -> None:
    async with asyncio.timeout(10), watching() as (watchdog, reported):

        def collect_garbage() -> None:
            watchdog.excuse()
            hold_the_loop(0.6)
            asyncio.get_running_loop().call_later(0.15, hold_the_loop, 0.6)

        asyncio.get_running_loop().call_later(0.15, collect_garbage)
        blocked = await reported.get()
    assert "collect_garbage" not in {frame.name for frame in blocked.stack}


async def test_a_callback_that_holds_the_loop_until_the_watchdog_ends_counts() -> None:
    async with watching() as (watchdog, _reported):
        await asyncio.to_thread(threading.Event().wait, 0.05)
        hold_the_loop(0.5)
    assert watchdog.lag.greatest_seconds > 0.3


async def test_work_in_threads_holds_no_loop() -> None:
    async with watching() as (watchdog, _reported):
        await asyncio.to_thread(sum, (number * number for number in range(3_000_000)))
        assert watchdog.lag.greatest_seconds < BLOCKED_SECONDS * slowness()


async def test_the_backend_reports_a_blocked_loop_in_its_metrics_and_among_the_faults(system: System) -> None:
    asyncio.get_running_loop().call_soon(hold_the_loop, 0.6)
    found = await system.until_passes(
        FaultsStored,
        lambda: faults(system),
        lambda found: any(one.kind is FaultKind.BLOCKED for one in found.values()),
    )
    fault = next(one for one in found.values() if one.kind is FaultKind.BLOCKED)
    assert fault.object_type == "event loop"
    assert "held for" in fault.cause
    figures = await metrics(system)
    assert float(figures["taskdeck_event_loop_lag_seconds"]) > 0.3
    assert float(figures["taskdeck_event_loop_lag_greatest_seconds"]) > 0.3
    await system.until_passes(
        FiguresSampled,
        lambda: metrics(system),
        lambda figures: float(figures.get('taskdeck_faults{kind="blocked"}', 0)) >= 1,
    )


async def metrics(system: System) -> dict[str, str]:
    text = (await system.http.get("/metrics")).text
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
