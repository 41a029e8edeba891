"""What ran and what will run, over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from shared.enums import RunStatus
from shared.models.agenda import AgendaEntryState, AgendaResolution
from tests.system import System

HOUR = timedelta(hours=1)


async def test_the_agenda_counts_past_runs_occurrences_to_come_and_missing_ones(system: System) -> None:
    await system.add_worker(slots=2)
    now = datetime.now(UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    assert (await system.run("good", command="true")).status is RunStatus.SUCCEEDED
    assert (await system.run("bad", command="exit 1")).status is RunStatus.FAILED
    hourly = [await system.create(f"hourly {n}", command="true", schedule="0 * * * *") for n in range(3)]
    gappy = await system.create("gappy", command="true", schedule="30 0 * * *")
    async with system.backend.context.database.transaction() as connection:
        # As if the task had been there for three days, and had run on the first and the last of them.
        await connection.execute(
            text("update tasks set schedule_since = :since, created_at = :since where id = :id"),
            {"since": midnight - timedelta(days=4), "id": gappy},
        )
        for days in (3, 1):
            await connection.execute(
                text(
                    """
                    insert into runs (task_id, task_version, status, trigger, priority, dispatch_rank, placement,
                        queued_at, scheduled_for, completed_at)
                    values (:id, 1, 'succeeded', 'schedule', 1, 0, 'shell', :at, :at, :at)
                    """
                ),
                {"id": gappy, "at": midnight - timedelta(days=days) + timedelta(minutes=30)},
            )

    week = await system.client.agenda(
        since=midnight - timedelta(days=3),
        until=midnight + timedelta(days=3),
        resolution=AgendaResolution.DAY,
        timezone="UTC",
    )
    assert [span.since for span in week.spans] == [midnight + timedelta(days=n) for n in range(-3, 3)]
    assert [span.missing for span in week.spans[:3]] == [0, 1, 0]
    assert week.spans[0].counts == {RunStatus.SUCCEEDED: 1}
    assert week.spans[4].planned == 3 * 24 + 1
    assert (week.spans[4].peak, week.slots, week.is_estimated, week.tasks_left_out) == (3, 2, False, 0)
    assert sum(span.counts.get(RunStatus.FAILED, 0) for span in week.spans) >= 1

    gap = midnight - timedelta(days=2) + timedelta(minutes=30)
    past = await system.client.agenda_entries(since=gap - HOUR, until=gap + HOUR)
    assert [(entry.state, entry.at, entry.task_id) for entry in past.entries] == [
        (AgendaEntryState.MISSING, gap, gappy)
    ]
    tomorrow = midnight + timedelta(days=1)
    planned = await system.client.agenda_entries(since=tomorrow, until=tomorrow + HOUR)
    assert [(entry.state, entry.task_name) for entry in planned.entries] == [
        *((AgendaEntryState.PLANNED, f"hourly {n}") for n in range(3)),
        (AgendaEntryState.PLANNED, "gappy"),
    ]
    capped = await system.client.agenda_entries(since=tomorrow, until=tomorrow + HOUR, limit=2)
    assert (len(capped.entries), capped.is_capped) == (2, True)
    for task in hourly:
        await system.client.pause_task(task)
    paused = await system.client.agenda_entries(since=tomorrow, until=tomorrow + HOUR)
    assert [entry.task_name for entry in paused.entries] == ["gappy"]
    ran = await system.client.agenda_entries(since=now - HOUR, until=now + HOUR)
    runs = {entry.task_name: entry.run for entry in ran.entries if entry.run is not None}
    assert {"good", "bad"} <= set(runs)


INVALID_WINDOWS: list[tuple[dict[str, str], str]] = [
    ({"since": "2026-11-25T00:00:00Z", "until": "2026-11-24T00:00:00Z"}, "until"),
    ({"since": "2026-01-01T00:00:00Z", "until": "2026-12-01T00:00:00Z"}, "until"),
    ({"since": "2026-11-25T00:00:00Z", "until": "2026-11-26T00:00:00Z", "timezone": "Mars/Olympus"}, "timezone"),
    ({"since": "2026-11-25T00:00:00Z", "until": "2026-11-26T00:00:00Z", "resolution": "week"}, "resolution"),
    ({"since": "2026-11-25T00:00:00Z"}, "until"),
]


async def test_an_invalid_window_is_refused(system: System, subtests: pytest.Subtests) -> None:
    for params, field in INVALID_WINDOWS:
        with subtests.test(params=params, field=field):
            answer = await system.http.get("/api/agenda", params=params)
            assert answer.status_code == 422
            assert [one["field"].removeprefix("query.") for one in answer.json()["errors"]] == [field]
