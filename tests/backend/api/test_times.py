"""Times from clients: written as RFC 3339, and in the future where something is to last."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.system import System

NO_TIMES = (0, 0.5, 1_790_000_000, True, "0", "0.5", "1790000000", "2026-11-29", "now", "2026-11-29T12:00:00")
BODIES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("/api/tasks", {"name": "t", "executor": "noop"}, "ends_at"),
    ("/api/tokens", {"name": "t"}, "expires_at"),
    ("/api/alerts/silences", {}, "ends_at"),
    ("/api/schedules/preview", {"schedule": "every 1h"}, "after"),
)


async def test_what_is_not_written_as_a_time_is_refused_in_every_query(system: System) -> None:
    document = (await system.http.get("/openapi.json")).json()
    queries = [
        (path, parameter["name"])
        for path, operations in document["paths"].items()
        for parameter in operations.get("get", {}).get("parameters", ())
        if "{" not in path and "date-time" in str(parameter["schema"])
    ]
    assert len(queries) >= 20
    for path, name in queries:
        for value in NO_TIMES:
            answer = await system.http.get(path, params={name: str(value)})
            assert name in {error["field"] for error in answer.json()["errors"]}, f"{path}?{name}={value}"


async def test_what_is_not_written_as_a_time_is_refused_in_every_body(system: System) -> None:
    for path, body, field in BODIES:
        for value in NO_TIMES:
            answer = await system.http.post(path, json={**body, field: value})
            assert [error["field"] for error in answer.json()["errors"]] == [field], f"{path} {value}"


async def test_what_is_not_written_as_a_day_is_refused(system: System) -> None:
    for day in (0, 20_000, "0", "2026-11-29T00:00:00Z", "29.11.2026"):
        answer = await system.http.put("/api/calendars/odd", json={"dates": [day]})
        assert [error["field"] for error in answer.json()["errors"]] == ["dates.0"], day


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [("/api/alerts/silences", {}, "ends_at"), ("/api/tokens", {"name": "brief"}, "expires_at")],
)
async def test_what_has_ended_already_is_not_created(
    system: System, path: str, body: dict[str, Any], field: str
) -> None:
    past = datetime.now(UTC) - timedelta(minutes=1)
    refused = await system.http.post(path, json={**body, field: past.isoformat()})
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    created = await system.http.post(path, json={**body, field: (past + timedelta(hours=1)).isoformat()})
    assert created.status_code == 201
    assert (await system.http.delete(f"{path}/{created.json()['data']['id']}")).status_code == 204
