"""Limits that tasks share, groups of runs, what upstream leaves behind, and what waits for ever."""

import json
from typing import Any

import pytest

from backend.runs.telemetry_intake import TelemetryRecorded
from shared.enums import RunStatus
from tests.system import System

ONE_DATABASE_EACH = True

pytestmark = pytest.mark.usefixtures("system")


async def waiting_reason(system: System, run_id: int) -> str:
    return (await system.client.get_run(run_id)).waiting_reason or ""


async def members(system: System, run_id: int) -> list[dict[str, Any]]:
    answer = await system.http.get("/api/runs", params={"fan_out_run_id": run_id, "limit": 100, "sort": "id"})
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def put(system: System, path: str, **body: Any) -> None:
    (await system.http.put(path, json=body)).raise_for_status()


async def test_a_concurrency_group_limits_many_tasks(system: System) -> None:
    await system.add_worker(slots=8)
    await put(system, "/api/concurrency-groups/database-heavy", max_concurrency=1)
    gate = system.folder / "gate"
    tasks = [
        await system.create(
            f"heavy {n}",
            command=f"while [ ! -e {gate} ]; do sleep 0.02; done",
            concurrency_group="database-heavy",
        )
        for n in range(3)
    ]
    runs = [(await system.client.trigger_task(task)).id for task in tasks]
    await system.until(runs[0], RunStatus.RUNNING)
    states = [await system.client.get_run(run) for run in runs]
    assert [run.status for run in states] == [RunStatus.RUNNING, RunStatus.PENDING, RunStatus.PENDING]
    assert "concurrency group database-heavy" in await waiting_reason(system, runs[1])
    free = await system.create("beside", command="true")
    assert (await system.finished((await system.client.trigger_task(free)).id)).status is RunStatus.SUCCEEDED
    await put(system, "/api/concurrency-groups/database-heavy", max_concurrency=2)
    await system.until(runs[1], RunStatus.RUNNING)
    gate.touch()
    for run in runs:
        assert (await system.finished(run)).status is RunStatus.SUCCEEDED
    refused = await system.http.delete("/api/concurrency-groups/database-heavy")
    assert refused.status_code == 409
    assert "heavy 0" in refused.json()["detail"]


async def test_a_rate_lets_so_many_start_and_holds_the_rest(system: System) -> None:
    await system.add_worker(slots=8)
    await put(system, "/api/concurrency-groups/mails", starts_per_minute=3)
    task = await system.create("mail", command="true", concurrency_group="mails")
    answer = await system.http.post("/api/runs/batch", json={"runs": [{"task_id": task}] * 5})
    runs = answer.json()["data"]["run_ids"]
    for run in runs[:3]:
        assert (await system.finished(run)).status is RunStatus.SUCCEEDED
    assert [(await system.client.get_run(run)).status for run in runs[3:]] == [RunStatus.PENDING] * 2
    group = (await system.http.get("/api/concurrency-groups/mails")).json()["data"]
    assert (group["busy"], group["waiting"]) == (0, 2)


async def test_a_run_without_a_suitable_worker_has_that_reason(system: System) -> None:
    await system.add_worker(task_types=("shell",))
    run = await system.client.trigger_task(await system.create("train", command="true", task_type="gpu"))
    assert await waiting_reason(system, run.id) == 'unschedulable: no online worker accepts task type "gpu"'
    listed = (await system.http.get("/api/runs")).json()["data"][0]
    assert listed["waiting_reason"].startswith("unschedulable")

    async def metrics() -> str:
        return (await system.http.get("/metrics")).text

    await system.until_passes(object, metrics, lambda text: "scheduler_runs_unschedulable 1.0" in text)
    await system.add_worker("w2", task_types=("gpu",))
    assert (await system.finished(run.id)).status is RunStatus.SUCCEEDED


async def test_what_waits_too_long_is_timed_out(system: System) -> None:
    run = await system.client.trigger_task(await system.create("stale", command="true", queue_timeout_seconds=1))
    ended = await system.finished(run.id)
    assert ended.status is RunStatus.TIMED_OUT
    assert "queue_timeout_seconds" in (ended.error or "")
    assert ended.attempt == 0


@pytest.mark.parametrize("limit", ["queue_timeout_seconds", "retry_timeout_seconds"])
async def test_a_retry_that_no_worker_executes_times_out(system: System, limit: str) -> None:
    await system.add_worker()
    fields = {"retry_count": 9, "retry_delay_seconds": 1, "retry_backoff": "fixed", limit: 3}
    run = await system.client.trigger_task(await system.create("stale", command="exit 1", **fields))
    await system.until_events(lambda: system.client.get_run(run.id), lambda run: run.not_before is not None)
    await system.client.drain_worker("w1")
    ended = await system.finished(run.id)
    assert ended.status is RunStatus.TIMED_OUT
    assert limit in (ended.error or "")


async def test_shards_are_one_group_with_one_outcome(system: System) -> None:
    await system.add_worker(slots=4)
    task = await system.create(
        "resize",
        command='echo "shard $TASKDECK_SHARD_INDEX of $TASKDECK_SHARD_TOTAL"; test "$TASKDECK_SHARD_INDEX" != 1',
        distribution="sharded",
        shard_count=3,
    )
    after = await system.create("after resize", command="true", depends_on=[{"task_id": task, "condition": "failure"}])
    group = await system.finished((await system.client.trigger_task(task)).id)
    assert group.status is RunStatus.FAILED
    assert group.error == "1 of 3 runs did not succeed"
    found = await members(system, group.id)
    assert [one["shard_index"] for one in found] == [0, 1, 2]
    assert [one["status"] for one in found] == ["succeeded", "failed", "succeeded"]
    first = await system.client.get_run(found[0]["id"])
    assert first.stdout_tail == "shard 0 of 3\n"
    listed = (await system.http.get(f"/api/tasks/{task}/runs")).json()["data"]
    assert [one["id"] for one in listed] == [group.id], "the group stands for its runs"
    again = await system.http.post(f"/api/runs/{found[1]['id']}/retry")
    alone = await system.finished(again.json()["data"]["id"])
    assert (alone.shard_index, alone.shard_total, alone.distribution) == (1, 3, None)
    dependent = (await system.http.get(f"/api/tasks/{after}/runs")).json()["data"]
    assert len(dependent) in (1, 2), "the group's failure, and that of the shard that was tried alone"


async def test_a_long_fan_out_is_not_treated_as_orphaned(system: System) -> None:
    await system.add_worker(slots=4)
    task = await system.create("patient", command="sleep 4", distribution="sharded", shard_count=2)
    group = await system.finished((await system.client.trigger_task(task)).id)
    assert (group.status, group.attempt, group.worker_id) == (RunStatus.SUCCEEDED, 1, None)
    assert len(await members(system, group.id)) == 2


async def test_a_broadcast_runs_once_on_every_matching_worker(system: System) -> None:
    run = await system.client.trigger_task(
        await system.create("rotate", command="true", distribution="broadcast", task_type="host")
    )
    await system.add_worker("other", task_types=("shell",))
    assert (await system.client.get_run(run.id)).status is RunStatus.PENDING
    assert "unschedulable" in await waiting_reason(system, run.id)
    await system.add_worker("a", task_types=("host",))
    first = await system.finished(run.id)
    assert first.status is RunStatus.SUCCEEDED
    await system.add_worker("b", task_types=("host",))
    await system.until_workers(3)
    again = await system.finished((await system.client.trigger_task(run.task_id)).id)
    assert {one["worker_id"] for one in await members(system, again.id)} == {"a", "b"}


async def test_cancelling_a_group_cancels_its_runs(system: System) -> None:
    await system.add_worker(slots=2)
    task = await system.create("long", command="sleep 60", distribution="sharded", shard_count=4)
    group = await system.client.trigger_task(task)
    await system.until(group.id, RunStatus.RUNNING)
    await system.client.cancel_run(group.id)
    ended = await system.finished(group.id)
    assert ended.status is RunStatus.CANCELLED
    assert {one["status"] for one in await members(system, group.id)} == {"cancelled"}


async def test_upstream_results_reach_the_downstream(system: System) -> None:
    await system.add_worker()
    upstream = await system.create("extract orders", command="echo '{\"rows\": 42}' > $TASKDECK_OUTPUT")
    downstream = await system.create(
        "load",
        command="env | grep ^TASKDECK_UPSTREAM_ | sort",
        depends_on=[{"task_id": upstream}],
    )
    first = await system.finished((await system.client.trigger_task(upstream)).id)
    assert first.output == {"rows": 42}
    page = await system.until_events(lambda: system.client.list_runs(task_id=downstream), lambda page: bool(page.data))
    second = await system.finished(page.data[0].id)
    lines = dict(line.split("=", 1) for line in (second.stdout_tail or "").splitlines())
    assert lines["TASKDECK_UPSTREAM_EXTRACT_ORDERS_RUN_ID"] == str(first.id)
    assert json.loads(lines["TASKDECK_UPSTREAM_EXTRACT_ORDERS_OUTPUT"]) == {"rows": 42}
    assert lines["TASKDECK_UPSTREAM_EXTRACT_ORDERS_STATUS"] == "succeeded"
    again = await system.http.post(f"/api/runs/{second.id}/retry")
    repeated = await system.finished(again.json()["data"]["id"])
    assert repeated.stdout_tail == second.stdout_tail


async def test_an_output_that_is_not_json_is_reported_and_does_not_fail_the_run(system: System) -> None:
    await system.add_worker()
    run = await system.run("odd", command="echo nonsense > $TASKDECK_OUTPUT")
    assert run.status is RunStatus.SUCCEEDED
    assert run.output is None
    assert "the output is not JSON" in (run.stderr_tail or "")


async def test_progress_and_resources_are_seen(system: System) -> None:
    await system.add_worker()
    gate = system.folder / "gate"
    command = f"""
    echo '40 loading' > $TASKDECK_PROGRESS
    while [ ! -e {gate} ]; do :; done
    echo '100 done' > $TASKDECK_PROGRESS
    """
    task_id = await system.create("slow", command=command)
    with system.backend.context.passes.watch(TelemetryRecorded) as recorded:
        run = await system.client.trigger_task(task_id)
        await recorded.next(lambda batch: batch.samples > 0)
    found = await system.until_events(
        lambda: system.client.get_run(run.id), lambda run: run.progress_percent is not None
    )
    assert (found.progress_percent, found.progress_text) == (40, "loading")
    samples = (await system.http.get(f"/api/runs/{run.id}/resources")).json()["data"]
    assert samples[0]["cpu_percent"] > 5
    assert samples[0]["memory_bytes"] > 100_000
    gate.touch()
    await system.finished(run.id)
    ended = await system.until_events(lambda: system.client.get_run(run.id), lambda run: run.progress_percent == 100)
    assert (ended.cpu_ms or 0) > 100
    assert (ended.peak_memory_bytes or 0) < 50_000_000, "not the memory of the worker itself"
    assert (ended.peak_memory_bytes or 0) > 100_000


async def test_retries_follow_their_conditions(system: System) -> None:
    await system.add_worker()
    again = {"retry_count": 2, "retry_delay_seconds": 0}
    assert (await system.run("other code", command="exit 3", retry_exit_codes=[4], **again)).attempt == 1
    assert (await system.run("its code", command="exit 4", retry_exit_codes=[4], **again)).attempt == 3
    chain = {"retry_count": 50, "retry_delay_seconds": 1, "retry_backoff": "fixed", "retry_timeout_seconds": 2}
    assert (await system.run("chain", command="exit 1", **chain)).attempt in (2, 3)
    slow = await system.run("slow chain", command="sleep 60", retry_timeout_seconds=1, **again)
    assert (slow.status, slow.attempt) == (RunStatus.TIMED_OUT, 1)


async def test_a_run_is_repeated_as_it_was_or_as_it_is(system: System) -> None:
    await system.add_worker()
    run = await system.run("said", command="echo before")
    await system.client.update_task(run.task_id, {"command": "echo after"})
    for definition, said in (("original", "before\n"), ("current", "after\n")):
        again = await system.http.post(f"/api/runs/{run.id}/retry", json={"definition": definition})
        assert (await system.finished(again.json()["data"]["id"])).stdout_tail == said
