"""The wall clock jumps an hour forward and back while the backend runs: nothing is doubled, nothing is lost.

Only the database's clock decides, so the test turns that one.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from backend.dispatcher.clock_loop import ClockPass
from backend.dispatcher.schedule_loop import SchedulePass
from shared.enums import RunStatus
from tests.conftest import Databases
from tests.system import System, open_system
from tests.turned_clock import install_clock, turn


@asynccontextmanager
async def system_with_a_clock(databases: Databases, folder: Path) -> AsyncIterator[System]:
    url = await databases.create()
    try:
        await install_clock(url)
        async with open_system(url, None, folder) as system:
            yield system
    finally:
        await databases.drop(url)


async def occurrences(system: System, task_id: int) -> list[datetime]:
    answer = await system.http.get(f"/api/tasks/{task_id}/runs", params={"limit": 500, "sort": "id"})
    return [datetime.fromisoformat(run["scheduled_for"]) for run in answer.json()["data"]]


async def until_occurrences(system: System, task_id: int, count: int) -> list[datetime]:
    return await system.until_passes(
        SchedulePass, lambda: occurrences(system, task_id), lambda found: len(found) >= count
    )


async def until_occurrence_before(system: System, task_id: int, latest: datetime) -> list[datetime]:
    return await system.until_passes(
        SchedulePass, lambda: occurrences(system, task_id), lambda found: any(at <= latest for at in found)
    )


async def test_an_hour_forward_and_back_doubles_and_loses_nothing(databases: Databases, tmp_path: Path) -> None:
    async with system_with_a_clock(databases, tmp_path) as system:
        await system.add_worker()
        task = await system.create("often", executor="noop", schedule="every 10m", misfire_policy="fire_all")
        once = await system.create("once", executor="noop", schedule="every 10m", misfire_policy="fire_once")
        held = await system.client.trigger_task(await system.create("long", command="sleep 600"))
        await system.until(held.id, RunStatus.RUNNING)

        await turn(system, 1)
        await until_occurrences(system, task, 6)
        await turn(system, 0)
        edited = await system.client.update_task(once, {"jitter_seconds": 1})
        assert edited.next_run_at is not None
        await turn(system, 1)
        await turn(system, 0)
        await turn(system, 2)
        found = await until_occurrences(system, task, 12)
        assert len(found) in (12, 13), "the true time may reach one more during the test"
        assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(minutes=10)}
        again = await until_occurrences(system, once, 2)
        assert len(again) == len(set(again))

        assert (await system.client.get_run(held.id)).status is RunStatus.RUNNING, "a turned clock loses no worker"
        await system.client.cancel_run(held.id)
        assert (await system.finished(held.id)).status is RunStatus.CANCELLED


async def test_a_clock_that_was_30_days_ahead_silences_no_task(databases: Databases, tmp_path: Path) -> None:
    async with system_with_a_clock(databases, tmp_path) as system:
        await system.add_worker()
        fields = {"executor": "noop", "misfire_policy": "fire_once"}
        hourly = await system.create("hourly", schedule="0 * * * *", **fields)
        ends = await system.create(
            "ends", schedule="0 * * * *", ends_at=(datetime.now(UTC) + timedelta(days=9)).isoformat(), **fields
        )
        after = await system.create("after", schedule="after 1h", **fields)
        yearly = await system.create("yearly", schedule="0 0 1 1 *", **fields)
        tasks = hourly, ends, after, yearly
        right = [(await system.client.get_task(task)).next_run_at for task in tasks]

        await turn(system, 30 * 24)
        for task in (hourly, ends, after):
            await until_occurrences(system, task, 1)
        # Its next occurrence is known once its run has ended.
        (run,) = (await system.client.list_runs(task_id=after)).data
        await system.finished(run.id)
        edited = await system.create("edited", schedule="0 * * * *", **fields)

        with system.backend.context.passes.watch(ClockPass) as passes:
            await turn(system, 0)
            while not (found := await passes.next()).corrected:
                pass
        assert found.corrected == 4, "all but the yearly one"
        now = await system.backend.context.database.now()
        corrected = [(await system.client.get_task(task)).next_run_at for task in (*tasks, edited)]
        assert corrected[3] == right[3]
        full_hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        for at in (corrected[0], corrected[1], corrected[4]):
            assert at is not None
            assert at - full_hour in (timedelta(), timedelta(hours=1)), "the true time may reach one during the test"
        assert corrected[2] is not None
        assert timedelta(minutes=55) < corrected[2] - now <= timedelta(hours=1)

        faults = (await system.http.get("/api/system/faults")).json()["data"]
        (fault,) = [one for one in faults if one["kind"] == "corrected"]
        assert "later than their schedules say" in fault["cause"]

        await turn(system, 1.01)
        for task in (hourly, ends, after):
            found_at = await until_occurrence_before(system, task, now + timedelta(hours=3))
            assert len(found_at) == len(set(found_at))
