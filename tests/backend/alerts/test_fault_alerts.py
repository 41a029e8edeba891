"""An item that is set aside raises an alert, which ends when the faults are tried again."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from backend.alerts.watch import AlertPass
from backend.database.connection import Database
from backend.events.wakes import WakeReason
from backend.new_installation import prepare_database
from tests.conftest import Databases
from tests.system import System, open_system

INSERT = "insert into faults (kind, object_type, object_id, cause, next_step)"


@pytest.fixture
async def system(databases: Databases, tmp_path: Path) -> AsyncIterator[System]:
    """A new installation."""
    url = await databases.create_empty()
    database = Database(url, pool_size=2, application_name="tests")
    await prepare_database(database)
    await prepare_database(database)
    await database.close()
    try:
        async with open_system(url, None, tmp_path, alert_interval_seconds=0.2) as opened:
            yield opened
    finally:
        await databases.drop(url)


async def execute(system: System, statement: str, **values: Any) -> None:
    async with system.backend.context.database.transaction() as connection:
        await connection.execute(text(statement), values)


async def alerts(system: System) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await system.http.get("/api/alerts")).json()["data"]
    return [one for one in found if one["condition"] == "fault"]


async def until_alerts(system: System, count: int) -> list[dict[str, Any]]:
    return await system.until_passes(AlertPass, lambda: alerts(system), lambda found: len(found) >= count)


async def test_a_new_installation_tells_faults_in_the_console(system: System) -> None:
    (channel,) = (await system.http.get("/api/alerts/channels")).json()["data"]
    (rule,) = (await system.http.get("/api/alerts/rules")).json()["data"]
    assert (channel["name"], channel["kind"]) == ("console", "console")
    assert (rule["name"], rule["conditions"], rule["channels"]) == ("faults", ["fault"], ["console"])


async def test_a_task_that_is_set_aside_alerts_and_recovers_when_it_is_tried_again(system: System) -> None:
    task_id = await system.create("nightly", command="true", schedule="0 * * * *")
    await execute(
        system,
        "update tasks set timezone = 'Nowhere/Lost', next_run_at = now(), next_occurrence_at = now() where id = :id",
        id=task_id,
    )
    system.backend.context.signals.wake(WakeReason.SCHEDULES_CHANGED, task_ids={task_id})
    (first,) = await until_alerts(system, 1)
    assert (first["rule"], first["message"], first["count"]) == ("faults", "first", 1)
    assert first["title"] == "Fault: task nightly was set aside"
    assert "Nowhere/Lost" in first["detail"]
    assert first["detail"].endswith("Edit the task and resume it.")
    assert [one["status"] for one in first["deliveries"]] == ["sent"]
    await system.http.post("/api/system/faults/retry", json={})
    recovery, _ = await until_alerts(system, 2)
    assert (recovery["message"], recovery["title"]) == ("recovery", "No fault is left")


async def test_ten_thousand_faults_are_one_alert_with_their_number(system: System) -> None:
    await execute(system, f"{INSERT} select 'set_aside', 'run', n, 'x', 'y' from generate_series(1, 10000) n")
    (first,) = await until_alerts(system, 1)
    assert (first["count"], first["title"]) == (10_000, "10,000 faults, newest: run 10000 was set aside")
    with system.backend.context.passes.watch(AlertPass) as passes:
        await passes.next(lambda one: one.checked_conditions)
        await passes.next(lambda one: one.checked_conditions)
    assert len(await alerts(system)) == 1


async def test_an_event_loop_that_was_held_alerts_nobody(system: System) -> None:
    await execute(system, f"{INSERT} values ('blocked', 'event loop', 'of process 1', 'held', 'y')")
    with system.backend.context.passes.watch(AlertPass) as passes:
        await passes.next(lambda one: one.checked_conditions)
        await passes.next(lambda one: one.checked_conditions)
    assert await alerts(system) == []


async def test_an_alert_of_a_rule_that_no_longer_watches_faults_ends_without_a_message(system: System) -> None:
    await execute(system, f"{INSERT} values ('set_aside', 'run', '1', 'x', 'y')")
    await until_alerts(system, 1)
    answer = await system.http.put("/api/alerts/rules/faults", json={"channels": ["console"], "conditions": ["late"]})
    assert answer.status_code == 200, answer.text
    with system.backend.context.passes.watch(AlertPass) as passes:
        await passes.next(lambda one: one.checked_conditions)
        await passes.next(lambda one: one.checked_conditions)
    assert len(await alerts(system)) == 1
    async with system.backend.context.database.transaction() as connection:
        assert (await connection.execute(text("select count(*) from open_alerts"))).scalar_one() == 0


@pytest.mark.parametrize("more", [{"folder": "ops"}, {"labels": {"team": "ops"}}])
async def test_a_rule_for_faults_has_no_folder_and_no_labels(system: System, more: dict[str, Any]) -> None:
    rule = {"channels": ["console"], "conditions": ["failure", "fault"]}
    answer = await system.http.put("/api/alerts/rules/mine", json=rule | more)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == "conditions"
    assert "whole installation" in error["message"]
