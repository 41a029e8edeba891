"""Schedules, calendars, concurrency groups and backfills over HTTP."""

from typing import Any

import pytest

from tests.system import System

TASK = {"name": "checked", "executor": "shell", "command": "true"}


def refused(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    return {one["field"]: one["message"] for one in answer.json()["errors"]}


WRONG_FIELDS: list[tuple[dict[str, Any], str, str]] = [
    ({"schedule": "every 5 minutes"}, "schedule", "90s"),
    ({"schedule": "after"}, "schedule", "90s"),
    ({"schedule": "at noon"}, "schedule", "2026-12-24T18:00"),
    ({"schedule": "at 2020-01-01T00:00,2021-01-01T00:00"}, "schedule", "would never run"),
    ({"starts_at": "2026-01-01T00:00:00Z", "ends_at": "2025-01-01T00:00:00Z"}, "ends_at", "after starts_at"),
    ({"starts_at": "tomorrow"}, "starts_at", "must be a time such as"),
    ({"calendar": "none such"}, "calendar", "PUT /api/calendars"),
    ({"concurrency_group": "none such"}, "concurrency_group", "PUT /api/concurrency-groups"),
    ({"blackouts": [{"schedule": "0 22 * * *"}]}, "blackouts.0", "duration_seconds"),
    ({"blackouts": [{"schedule": "99 * * * *", "duration_seconds": 60}]}, "blackouts.0", "minute"),
    ({"distribution": "sharded"}, "shard_count", "number of child runs"),
    ({"distribution": "everywhere"}, "distribution", "broadcast"),
    ({"retry_exit_codes": [999]}, "retry_exit_codes.0", "255"),
    ({"queue_timeout_seconds": 0}, "queue_timeout_seconds", "1"),
    ({"pause_after_failures": 0}, "pause_after_failures", "1"),
    ({"depends_on": [{"task_id": 1, "window": "period"}]}, "depends_on", "schedule"),
]


async def test_a_wrong_field_is_named(system: System, subtests: pytest.Subtests) -> None:
    for fields, field, says in WRONG_FIELDS:
        with subtests.test(fields=fields, field=field, says=says):
            errors = refused(await system.http.post("/api/tasks", json={**TASK, **fields}))
            assert field in errors
            assert says in errors[field]


async def test_scheduling_fields_are_stored_and_returned(system: System) -> None:
    await system.http.put("/api/calendars/holidays", json={"dates": ["2026-12-25"], "weekdays": ["sunday"]})
    await system.http.put("/api/concurrency-groups/heavy", json={"max_concurrency": 2})
    fields = {
        "schedule": "every 90s",
        "starts_at": "2026-01-01T00:00:00.000000Z",
        "ends_at": "2199-01-01T00:00:00.000000Z",
        "calendar": "holidays",
        "calendar_policy": "next_working_day",
        "blackouts": [{"schedule": "0 22 * * 5", "duration_seconds": 7200}],
        "concurrency_group": "heavy",
        "queue_timeout_seconds": 60,
        "retry_timeout_seconds": 600,
        "retry_exit_codes": [75],
        "retry_http_statuses": [502, 503],
        "retry_on_timeout": False,
        "pause_after_failures": 5,
        "distribution": "sharded",
        "shard_count": 4,
        "expected_duration_seconds": 30,
        "late_after_seconds": 20,
        "keep_runs": 100,
        "keep_days": 30,
    }
    made = (await system.http.post("/api/tasks", json={**TASK, **fields})).json()["data"]
    read = (await system.http.get(f"/api/tasks/{made['id']}")).json()["data"]
    for name, value in fields.items():
        if name == "blackouts":
            assert read[name][0] | value[0] == read[name][0]  # type: ignore[index]
        else:
            assert read[name] == value, name
    whole = {name: read[name] for name in fields} | TASK
    again = (await system.http.put(f"/api/tasks/{made['id']}", json=whole)).json()["data"]
    assert again["version"] == 1, "what was read can be sent back, and changes nothing"


async def test_a_preview_respects_calendars_blackouts_and_bounds_and_is_translated(system: System) -> None:
    await system.http.put("/api/calendars/weekends", json={"weekdays": ["saturday", "sunday"]})
    asked = {
        "schedule": "0 8 * * *",
        "timezone": "Europe/Berlin",
        "after": "2026-11-27T12:00:00Z",
        "calendar": "weekends",
        "blackouts": [{"starts_at": "2026-11-30T00:00:00Z", "ends_at": "2026-12-01T00:00:00Z"}],
        "count": 2,
        "language": "zh",
    }
    told = (await system.http.post("/api/schedules/preview", json=asked)).json()["data"]
    assert told["times"] == ["2026-12-01T08:00:00+01:00", "2026-12-02T08:00:00+01:00"]
    assert told["description"] == "每天 08:00"
    monday = {"schedule": "0 8 * * 1", "language": "zh"}
    assert told["hint"] is None
    seconds = {"schedule": "0 3 * * * *"}
    hint = (await system.http.post("/api/schedules/preview", json=seconds)).json()["data"]["hint"]
    assert "every second" in hint
    assert "星期一" in (await system.http.post("/api/schedules/preview", json=monday)).json()["data"]["description"]
    for schedule, words in (
        ("every 90s", "Every 1 minute 30 seconds"),
        ("after 10m", "10 minutes after the last run ended"),
        ("at 2026-12-24T18:00", "Once at 2026-12-24 18:00"),
    ):
        answer = await system.http.post("/api/schedules/preview", json={"schedule": schedule})
        assert answer.json()["data"]["description"] == words
    assert "calendar" in refused(await system.http.post("/api/schedules/preview", json=monday | {"calendar": "x"}))


async def test_a_past_time_is_refused_only_when_the_schedule_changes(
    system: System,
) -> None:
    past, ahead = "at 2020-01-01T00:00", "at 2199-01-01T00:00"
    paused = (await system.http.post("/api/tasks", json={**TASK, "schedule": past, "status": "paused"})).json()["data"]
    renamed = await system.http.patch(f"/api/tasks/{paused['id']}", json={"name": "kept as it was"})
    assert renamed.json()["data"]["schedule"] == past
    task = (await system.http.post("/api/tasks", json={**TASK, "schedule": ahead})).json()["data"]
    answer = await system.http.patch(f"/api/tasks/{task['id']}", json={"schedule": past})
    assert "would never run" in refused(answer)["schedule"]
    assert (await system.http.get(f"/api/tasks/{task['id']}")).json()["data"]["schedule"] == ahead


async def test_calendars_and_concurrency_groups_are_listed_changed_and_deleted(system: System) -> None:
    assert "weekdays" in refused(
        await system.http.put(
            "/api/calendars/all",
            json={"weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]},
        )
    )
    assert "dates.0" in refused(await system.http.put("/api/calendars/x", json={"dates": ["25.12.2026"]}))
    assert "max_concurrency" in refused(await system.http.put("/api/concurrency-groups/x", json={}))
    for path in ("calendars", "concurrency-groups"):
        body = {"dates": ["2026-12-25"]} if path == "calendars" else {"starts_per_minute": 5}
        assert (await system.http.put(f"/api/{path}/kept", json=body)).status_code == 200
        assert [one["name"] for one in (await system.http.get(f"/api/{path}")).json()["data"]] == ["kept"]
        assert (await system.http.get(f"/api/{path}/kept")).json()["data"]["task_count"] == 0
        assert (await system.http.delete(f"/api/{path}/kept")).status_code == 204
        assert (await system.http.get(f"/api/{path}/kept")).status_code == 404


async def test_an_impossible_backfill_is_refused_with_the_reason(system: System) -> None:
    task = (await system.http.post("/api/tasks", json=TASK)).json()["data"]["id"]
    window = {"since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"}
    answer = await system.http.post(f"/api/tasks/{task}/backfill", json=window)
    assert answer.status_code == 409
    assert "has no schedule" in answer.json()["detail"]
    backwards = {"since": window["until"], "until": window["since"]}
    assert "until" in refused(await system.http.post(f"/api/tasks/{task}/backfill", json=backwards))
    await system.http.patch(f"/api/tasks/{task}", json={"schedule": "* * * * * *"})
    assert "10,000" in refused(await system.http.post(f"/api/tasks/{task}/backfill", json=window))["until"]
    assert (await system.http.post("/api/backfills/99/cancel")).status_code == 404
