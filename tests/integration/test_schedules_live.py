"""Intervals, delays, calendars, backfills, periods, versions and retention, on a whole system."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import text

from backend.dispatcher.schedule_loop import SchedulePass
from backend.tasks.purge import Purger
from shared.enums import FaultKind, RunStatus
from shared.models.fault import Fault
from tests.system import System

ONE_DATABASE_EACH = True


async def runs_of(system: System, task_id: int) -> list[dict[str, Any]]:
    answer = await system.http.get(f"/api/tasks/{task_id}/runs", params={"limit": 500, "sort": "id"})
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def until_runs(system: System, task_id: int, count: int, *statuses: str) -> list[dict[str, Any]]:
    """Return the runs of a task once `count` of them have one of the statuses."""

    def is_enough(found: list[dict[str, Any]]) -> bool:
        return sum(not statuses or run["status"] in statuses for run in found) >= count

    return await system.until_events(lambda: runs_of(system, task_id), is_enough)


async def execute(system: System, statement: str, **values: Any) -> Any:
    async with system.backend.context.database.transaction() as connection:
        return await connection.execute(text(statement), values)


async def test_an_interval_and_a_delay_fire(system: System) -> None:
    await system.add_worker()
    often = await system.create("often", command="true", schedule="every 1s")
    after = await system.create("after", command="sleep 0.3", schedule="after 1s")
    found = await until_runs(system, often, 2, "succeeded")
    times = [datetime.fromisoformat(run["scheduled_for"]) for run in found]
    assert all(later - earlier == timedelta(seconds=1) for earlier, later in pairwise(times))
    ended = await until_runs(system, after, 2, "succeeded")
    first_end = datetime.fromisoformat(ended[0]["completed_at"])
    assert datetime.fromisoformat(ended[1]["scheduled_for"]) == first_end + timedelta(seconds=1)


async def test_a_manual_run_puts_a_delay_off(system: System) -> None:
    await system.add_worker()
    task = await system.create("after an hour", command="true", schedule="after 1h")

    async def next_run() -> datetime | None:
        return (await system.client.get_task(task)).next_run_at

    before = await next_run()
    run = await system.finished((await system.client.trigger_task(task)).id)
    now = await system.until_passes(SchedulePass, next_run, lambda at: at != before)
    assert run.completed_at is not None
    assert now == run.completed_at + timedelta(hours=1)


async def test_a_calendar_moves_what_follows_it(system: System) -> None:
    every_day_but = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
    (await system.http.put("/api/calendars/sundays", json={"weekdays": every_day_but})).raise_for_status()
    task = await system.create("weekly", command="true", schedule="0 8 * * *", calendar="sundays")
    due = (await system.client.get_task(task)).next_run_at
    assert due is not None
    assert due.weekday() == 6
    (await system.http.put("/api/calendars/sundays", json={"weekdays": []})).raise_for_status()
    sooner = (await system.client.get_task(task)).next_run_at
    assert sooner is not None
    assert sooner <= datetime.now(UTC) + timedelta(days=1)
    assert (await system.http.delete("/api/calendars/sundays")).status_code == 409
    refused = await system.http.patch(f"/api/tasks/{task}", json={"calendar": "none such"})
    assert refused.json()["errors"][0]["field"] == "calendar"


async def test_a_change_while_an_occurrence_is_due_loses_nothing(system: System) -> None:
    task = await system.create("hourly", command="true", schedule="0 * * * *", misfire_policy="fire_once")
    async with system.backend.context.database.transaction() as connection:
        # Due in this very moment: the dispatcher cannot fire it before the edit has committed.
        await connection.execute(
            text(
                "update tasks set next_occurrence_at = date_trunc('second', now()), next_run_at = now() where id = :id"
            ),
            {"id": task},
        )
        await connection.commit()
    await system.client.update_task(task, {"schedule": "0 3 * * *"})
    found = await until_runs(system, task, 1)
    assert len(found) == 1
    assert found[0]["trigger"] == "schedule"


async def test_a_backfill_runs_each_occurrence_at_its_pace(system: System) -> None:
    await system.add_worker(slots=4)
    task = await system.create("daily", command='echo "$TASKDECK_SCHEDULED_FOR"', schedule="0 0 * * *")
    window = {"since": "2026-03-01T00:00:00Z", "until": "2026-03-06T00:00:00Z"}
    asked = await system.http.post(f"/api/tasks/{task}/backfill", json={**window, "dry_run": True})
    assert [at[:10] for at in asked.json()["data"]["times"]] == [f"2026-03-0{day}" for day in range(1, 6)]
    assert await runs_of(system, task) == []
    made = (await system.http.post(f"/api/tasks/{task}/backfill", json={**window, "max_concurrency": 2})).json()["data"]
    found = await until_runs(system, task, 5, "succeeded")
    assert [run["scheduled_for"][:10] for run in found] == [f"2026-03-0{day}" for day in range(1, 6)]
    assert (await system.client.get_run(found[0]["id"])).stdout_tail == "2026-03-01T00:00:00+00:00\n"
    done = (await system.http.get(f"/api/backfills/{made['id']}")).json()["data"]
    assert (done["status"], done["succeeded"]) == ("succeeded", 5)
    again = await system.http.post(f"/api/tasks/{task}/backfill", json={**window, "only_missing": True})
    assert again.json()["data"]["total"] == 0


async def test_a_backfill_is_cancelled_as_one(system: System) -> None:
    await system.add_worker()
    task = await system.create("slow", command="sleep 60", schedule="0 0 * * *")
    window = {"since": "2026-03-01T00:00:00Z", "until": "2026-03-11T00:00:00Z"}
    made = (await system.http.post(f"/api/tasks/{task}/backfill", json=window)).json()["data"]
    found = await until_runs(system, task, 1, "running")
    assert [run["status"] for run in found].count("pending") == 9
    assert found[1]["waiting_reason"] == "Waiting: the backfill is at its limit of 1 concurrent run."
    (await system.http.post(f"/api/backfills/{made['id']}/cancel")).raise_for_status()
    await until_runs(system, task, 10, "cancelled")
    assert (await system.http.get(f"/api/backfills/{made['id']}")).json()["data"]["status"] == "cancelled"
    future = {"since": "2026-03-01T00:00:00Z", "until": "2199-01-01T00:00:00Z"}
    refused = await system.http.post(f"/api/tasks/{task}/backfill", json=future)
    assert refused.json()["errors"][0]["field"] == "until"


async def test_a_daily_task_waits_for_every_hour_of_its_day(system: System) -> None:
    await system.add_worker()
    hourly = await system.create("hourly", command="true", schedule="0 * * * *")
    daily = await system.create(
        "daily", command="true", schedule="0 0 * * *", depends_on=[{"task_id": hourly, "window": "period"}]
    )
    await execute(
        system,
        """
        insert into runs (task_id, task_version, status, trigger, priority, dispatch_rank, placement, scheduled_for,
            queued_at)
        values (:task, 1, 'blocked', 'schedule', 1, 0, 'shell', '2026-03-02T00:00:00Z', now())
        """,
        task=daily,
    )
    await execute(system, "update tasks set schedule_since = '2026-01-01T00:00:00Z' where id = :id", id=hourly)
    window = {"since": "2026-03-01T00:00:00Z", "until": "2026-03-01T23:00:00Z", "max_concurrency": 4}
    (await system.http.post(f"/api/tasks/{hourly}/backfill", json=window)).raise_for_status()
    await until_runs(system, hourly, 23, "succeeded")
    assert [run["status"] for run in await runs_of(system, daily)] == ["blocked"], "one hour is missing"
    last = {"since": "2026-03-01T23:00:00Z", "until": "2026-03-02T00:00:00Z"}
    (await system.http.post(f"/api/tasks/{hourly}/backfill", json=last)).raise_for_status()
    assert [run["status"] for run in await until_runs(system, daily, 1, "succeeded")] == ["succeeded"]


async def test_a_manual_run_may_wait_for_its_dependencies(system: System) -> None:
    await system.add_worker()
    upstream = await system.create("first", command="true")
    task = await system.create("second", command="true", schedule="0 0 1 1 *", depends_on=[{"task_id": upstream}])
    waits = await system.http.post(f"/api/tasks/{task}/trigger", json={"ignore_dependencies": False})
    run_id = waits.json()["data"]["id"]
    assert (await system.client.get_run(run_id)).status is RunStatus.BLOCKED
    now = await system.client.trigger_task(task)
    assert (await system.finished(now.id)).status is RunStatus.SUCCEEDED
    await system.client.trigger_task(upstream)
    assert (await system.finished(run_id)).status is RunStatus.SUCCEEDED


async def test_versions_say_who_changed_what_and_can_be_restored(system: System) -> None:
    task = await system.create("kept", command="echo one", labels={"team": "a"})
    await system.client.update_task(task, {"command": "echo two", "priority": "high"})
    versions = (await system.http.get(f"/api/tasks/{task}/versions")).json()["data"]
    assert [one["version"] for one in versions] == [2, 1]
    assert {change["field"] for change in versions[0]["changes"]} == {"command", "priority"}
    assert versions[0]["changed_by"]
    found = (await system.http.get(f"/api/tasks/{task}/diff", params={"before": 1, "after": 2})).json()["data"]
    assert {"field": "command", "before": "echo one", "after": "echo two"} in found
    restored = await system.http.post(f"/api/tasks/{task}/restore", json={"version": 1})
    assert (restored.json()["data"]["command"], restored.json()["data"]["version"]) == ("echo one", 3)
    assert (await system.http.post(f"/api/tasks/{task}/restore", json={"version": 9})).status_code == 404


async def test_old_runs_go_by_count_and_by_age(system: System) -> None:
    await system.add_worker()
    counted = await system.create("counted", command="true", keep_runs=2)
    aged = await system.create("aged", command="true", keep_days=7)
    for task in (counted, aged):
        (await system.http.post("/api/runs/batch", json={"runs": [{"task_id": task}] * 5})).raise_for_status()
        await until_runs(system, task, 5, "succeeded")
    newest = [run["id"] for run in await runs_of(system, counted)][-2:]
    old = [run["id"] for run in await runs_of(system, aged)][:3]
    await execute(system, "update runs set completed_at = now() - interval '8 days' where id = any(:ids)", ids=old)
    await Purger(system.backend.context).purge()
    assert [run["id"] for run in await runs_of(system, counted)] == newest
    assert len(await runs_of(system, aged)) == 2


async def test_after_a_week_off_a_backend_applies_the_misfire_policy(system: System) -> None:
    await system.add_worker()
    policies = {"fire_once": 1, "skip": 0, "fire_all": 14}
    tasks = {
        policy: await system.create(policy, executor="noop", schedule="0 */12 * * *", misfire_policy=policy)
        for policy in policies
    }
    week_ago = "next_occurrence_at - interval '7 days'"
    await execute(
        system,
        f"update tasks set next_occurrence_at = {week_ago}, next_run_at = {week_ago}, "
        "schedule_since = now() - interval '8 days' where id = any(:ids)",
        ids=list(tasks.values()),
    )
    await system.create("waker", executor="noop", schedule="every 1h")
    made = await until_runs(system, tasks["fire_all"], policies["fire_all"], "succeeded")
    times = [datetime.fromisoformat(run["scheduled_for"]) for run in made]
    assert {later - earlier for earlier, later in pairwise(times)} == {timedelta(hours=12)}, "each, and each once"
    for policy, count in policies.items():
        assert len(await runs_of(system, tasks[policy])) == count
        due = (await system.client.get_task(tasks[policy])).next_run_at
        assert due is not None
        assert due > datetime.now(UTC)


async def test_occurrences_beyond_those_that_are_made_up_for_are_a_fault(system: System) -> None:
    task = await system.create("busy", executor="noop", schedule="* * * * *", misfire_policy="fire_all")
    two_days_ago = "next_occurrence_at - interval '2 days'"
    await execute(
        system,
        f"update tasks set next_occurrence_at = {two_days_ago}, next_run_at = {two_days_ago}, "
        "schedule_since = now() - interval '3 days' where id = :id",
        id=task,
    )
    await system.create("waker", executor="noop", schedule="every 1h")

    async def left_out() -> list[Fault]:
        return [fault for fault in await system.client.list_faults() if fault.kind is FaultKind.LEFT_OUT]

    (fault,) = await system.until_passes(SchedulePass, left_out, bool)
    assert (fault.object_id, fault.object_name) == (str(task), "busy")
    assert "create a backfill" in fault.next_step


async def test_a_replaced_run_has_that_reason(system: System) -> None:
    await system.add_worker()
    task = await system.create("replaced", command="sleep 60", schedule="every 1s", overlap_policy="replace")
    found = await until_runs(system, task, 1, "cancelled")
    assert found[0]["error"] == "Replaced by the next occurrence."
    await system.client.pause_task(task)


async def test_editing_a_task_does_not_change_how_long_an_existing_run_may_wait(system: System) -> None:
    upstream = await system.create("upstream", executor="noop")
    task = await system.create("waits", command="true", depends_on=[{"task_id": upstream}], queue_timeout_seconds=1)
    run = (await system.http.post(f"/api/tasks/{task}/trigger", json={"ignore_dependencies": False})).json()["data"]
    assert run["status"] == "blocked"
    await system.client.update_task(task, {"queue_timeout_seconds": None})
    await system.add_worker(task_types=("noop",))
    await system.client.trigger_task(upstream)
    assert (await system.finished(run["id"])).status is RunStatus.TIMED_OUT
