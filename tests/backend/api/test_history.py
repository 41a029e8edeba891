"""What is kept for charts, and finding the runs of a moment."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from backend.runs import duration_statistics as run_timings
from backend.workers import history as worker_history
from backend.workers.sampler import SHORTEST_SECONDS, pause_for
from shared.errors import NotFoundError, ValidationFailedError
from tests.system import System

ENDED = text(
    """
    insert into runs (task_id, task_version, status, trigger, priority, dispatch_rank, placement, attempt,
        queued_at, started_at, completed_at, execution_time_ms)
    select :task, 1, 'succeeded', 'api', 1, 0, 'shell', 1, e.at - interval '3 seconds', e.at - interval '1 second',
        e.at, 1000
    from (select cast(:at as timestamptz) + n * interval '1 millisecond' as at from generate_series(1, :runs) n) e
    """
)


async def put_ended(system: System, *, at: datetime, runs: int) -> int:
    task = await system.create(f"ended {at}", command="true")
    async with system.backend.context.database.transaction() as connection:
        await connection.execute(ENDED, {"task": task, "at": at, "runs": runs})
    return task


async def test_percentiles_of_minutes_and_hours_come_from_what_was_counted(system: System) -> None:
    now = await system.backend.context.database.now()
    await put_ended(system, at=now - timedelta(minutes=10), runs=100)
    async with system.backend.context.database.transaction() as connection:
        await run_timings.count(connection)
        await run_timings.count(connection)
    for resolution in (60, 3600):
        found = await system.client.throughput(since=(now - timedelta(hours=2)).isoformat(), resolution=resolution)
        assert found.resolution_seconds == resolution
        [step] = found.steps
        assert step.wait is not None
        assert step.duration is not None
        assert step.wait.p50_ms == pytest.approx(2000, rel=0.05)
        assert step.duration.p99_ms == pytest.approx(1000, rel=0.05)


async def test_a_short_span_is_exact_and_counts_what_ended(system: System) -> None:
    await system.add_worker()
    run = await system.run("real", command="sleep 0.2")
    assert run.completed_at is not None
    found = await system.client.throughput(since=(run.completed_at - timedelta(minutes=5)).isoformat(), resolution=5)
    [step] = found.steps
    assert (step.succeeded, step.failed) == (1, 0)
    assert step.duration is not None
    assert step.duration.p50_ms == run.execution_time_ms


async def test_a_long_span_gets_no_steps_of_seconds(system: System) -> None:
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    assert (await system.client.throughput(since=since, resolution=5)).resolution_seconds == 60
    with pytest.raises(ValidationFailedError, match="before until"):
        await system.client.throughput(since=since, until=since)


async def test_workers_are_sampled_and_a_step_without_life_is_absent(system: System) -> None:
    await system.add_worker("w1", slots=3)
    await system.until_workers(1)
    async with system.backend.context.database.transaction() as connection:
        await worker_history.sample(connection)
    since = (datetime.now(UTC) - timedelta(minutes=10)).isoformat()
    [found] = await system.client.workers_history(since=since, resolution=60)
    assert (found.worker_id, [(one.slots, one.busy) for one in found.samples]) == ("w1", [(3, 0)])
    assert await system.client.workers_history(since=since, worker_id=["another"]) == []


def test_many_workers_are_sampled_less_often() -> None:
    assert pause_for(0) < pause_for(1) == pause_for(200) == SHORTEST_SECONDS
    assert pause_for(10_000) == 600


async def test_what_waited_at_a_moment_is_found(system: System) -> None:
    now = await system.backend.context.database.now()
    await put_ended(system, at=now - timedelta(minutes=10), runs=2)
    waiting = await system.client.trigger_task(await system.create("still waiting", command="true"))

    async def found(begin: timedelta, end: timedelta) -> int:
        page = await system.client.list_runs(
            waiting_since=(now + begin).isoformat(), waiting_until=(now + end).isoformat()
        )
        return len(page.data)

    before = timedelta(minutes=-10)
    assert await found(before - timedelta(seconds=2.9), before - timedelta(seconds=2)) == 2
    assert await found(before, before + timedelta(seconds=1)) == 0
    assert await found(timedelta(seconds=-1), timedelta(hours=1)) == 1
    assert waiting.id in {run.id for run in (await system.client.list_runs(waiting_until="2100-01-01T00:00Z")).data}


async def test_runs_are_found_by_a_part_of_the_name_and_by_number(system: System) -> None:
    one = await system.client.trigger_task(await system.create("Nightly_backup", command="true"))
    await system.client.trigger_task(await system.create("Nightly backup", command="true"))
    for words, count in (("nightly", 2), ("ly_b", 1), ("%", 0), (str(one.id), 1), (f"#{one.id}", 1), ("9" * 30, 0)):
        assert len((await system.client.list_runs(q=words)).data) == count, words


async def test_the_inputs_of_a_run_are_its_version_and_its_own(system: System) -> None:
    task = await system.create("given", command="echo $1", arguments=["a"], environment={"A": "1", "B": "2"})
    run = await system.client.trigger_task(task, {"arguments": ["b"], "environment": {"B": "3"}})
    await system.client.update_task(task, {"command": "echo changed"})
    given = await system.client.run_inputs(run.id)
    assert (given.command, given.arguments, given.environment) == ("echo $1", ["b"], {"A": "1", "B": "3"})
    assert (given.task_version, given.own) == (1, ["arguments", "environment"])
    with pytest.raises(NotFoundError, match="Run 999 does not exist"):
        await system.client.run_inputs(999)


async def test_a_viewer_sees_no_values_of_an_environment(system: System) -> None:
    task = await system.create("masked", command="true", environment={"PASSWORD": "secret"})
    run = await system.client.trigger_task(task)
    user = {"username": "looker", "password": "a long password", "role": "viewer"}
    assert (await system.http.post("/api/users", json=user)).status_code == 201
    pair = await system.client.login("looker", "a long password")
    headers = {"Authorization": f"Bearer {pair.access_token}"}
    answer = await system.http.get(f"/api/runs/{run.id}/inputs", headers=headers)
    assert answer.json()["data"]["environment"] == {"PASSWORD": "***"}
