"""What a user with grants sees of an agenda that is too large to be read one by one: still nothing of other folders."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from backend.scheduling import agenda_facts
from tests.backend.api.answers import create
from tests.backend.api.members import member
from tests.system import System

HOUR = timedelta(hours=1)
ENDED = """
    insert into runs (task_id, task_version, status, trigger, priority, dispatch_rank, placement, queued_at,
        completed_at)
    select :id, 1, 'succeeded', 'manual', 1, 0, 'shell', :at, :at from generate_series(1, :runs)
"""
READ = 200
"""The least that is read of a span."""


async def test_counts_of_all_runs_are_not_shown_in_their_place(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agenda_facts, "MOST_READ", READ)
    at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - HOUR
    mine = await create(system, name="mine", folder="finance")
    async with system.backend.context.database.transaction() as connection:
        await connection.execute(text(ENDED), {"id": mine["id"], "at": at, "runs": READ})
        counts = text("insert into finished_counts (at, replica_id, succeeded, failed) values (:at, 'r', 5000, 0)")
        await connection.execute(counts, {"at": at})
    window = {"since": at.isoformat(), "until": (at + HOUR).isoformat(), "resolution": "hour"}
    async with member(system, ("finance", "read")) as anna:
        [span] = (await anna.get("/api/agenda", params=window)).json()["data"]["spans"]
        assert (span["counts"], span["is_rounded"]) == ({"succeeded": READ}, True)
    [span] = (await system.http.get("/api/agenda", params=window)).json()["data"]["spans"]
    assert (span["counts"]["succeeded"], span["is_rounded"]) == (5000, True)


async def test_schedules_of_other_folders_are_not_counted_as_left_out(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agenda_facts, "MOST_SCHEDULES", 2)
    for folder in ("finance", "ops"):
        for minute in range(3):
            await create(system, name=f"{folder} {minute}", folder=folder, schedule=f"{minute} * * * *")
    now = datetime.now(UTC)
    window = {"since": now.isoformat(), "until": (now + HOUR).isoformat(), "resolution": "hour"}
    async with member(system, ("finance", "read")) as anna:
        assert (await anna.get("/api/agenda", params=window)).json()["data"]["tasks_left_out"] == 1
    assert (await system.http.get("/api/agenda", params=window)).json()["data"]["tasks_left_out"] == 2
