"""Wrong clocks: a worker's and a replica's, an hour off and jumping."""

import asyncio
import time
from pathlib import Path

from tests.faults.drill.drill import Drill

# Read by the interpreter of each process that has the folder on its path: the clock of the wall lies, and every
# few seconds in another way; the monotonic one does not.
_LYING_CLOCK = """
import datetime, time
_true = time.time
_lie = lambda: (3600.0, -3600.0, 120.0)[int(time.monotonic() / 3) % 3]
time.time = lambda: _true() + _lie()
time.time_ns = lambda: int(time.time() * 1e9)
class _datetime(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)
    @classmethod
    def utcnow(cls):
        return cls.fromtimestamp(time.time(), datetime.timezone.utc).replace(tzinfo=None)
datetime.datetime = _datetime
"""

WATCHED_SECONDS = 8
_NEVER_LONGER_MS = 30_000


async def lie(drill: Drill) -> None:
    """Start a worker and the active dispatcher with a wrong clock; schedules and durations must not be affected."""
    folder = drill.folder / "lying-clock"
    folder.mkdir(exist_ok=True)
    Path(folder, "sitecustomize.py").write_text(_LYING_CLOCK)
    async with drill.row("clocks of a worker and of a replica off and jumping") as incident:
        liars = [drill.crew.workers[0], *drill.crew.replicas]
        for member in liars:
            member.variables["PYTHONPATH"] = str(folder)
            await member.end()
            drill.crew.start(member)
            incident.injected += 1
        for replica in drill.crew.replicas:
            await drill.crew.until_ready(replica)
        began = time.time()
        task = await drill.load.make_task(
            {"name": f"every second {began}", "executor": "noop", "command": "", "schedule": "every 1s",
             "overlap_policy": "allow"}
        )  # fmt: skip
        await asyncio.sleep(WATCHED_SECONDS)
        made = await drill.ask("select count(*) from runs where task_id = $1", task)
        assert isinstance(made, int)
        incident.expect(
            WATCHED_SECONDS - 3 <= made <= WATCHED_SECONDS + 3, f"{made} occurrences in {WATCHED_SECONDS} s"
        )
        late = await drill.ask(
            "select count(*) from runs where task_id = $1 and abs(extract(epoch from queued_at - scheduled_for)) > 3",
            task,
        )
        incident.expect(late == 0, f"{late} occurrences were not made at their time")
        wrong = await drill.ask(
            """
            select count(*) from runs where id = any($1) and (execution_time_ms > $2
                or completed_at < started_at or started_at < dispatched_at or completed_at > clock_timestamp())
            """,
            list(drill.load.acknowledged),
            _NEVER_LONGER_MS,
        )
        incident.expect(wrong == 0, f"{wrong} runs have times or durations that cannot be")
        lost = await drill.ask("select count(*) from workers where status = 'lost'")
        incident.expect(lost == 0, "a worker was given up for its clock")
        await drill.load.delete_task(task)
        for member in liars:
            del member.variables["PYTHONPATH"]
            await member.end()
            drill.crew.start(member)
        for replica in drill.crew.replicas:
            await drill.crew.until_ready(replica)
