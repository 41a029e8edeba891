"""Many runs are changed by one request, which counts what it did and what it did not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.runs.bulk_plan import new_priorities, why_unchanged
from shared.enums import FINAL_STATUSES, BulkReason, Priority, RunStatus
from shared.models.bulk import BulkRuns, CancelRuns, PrioritiseRuns, RetryRuns, StartRunsNow
from shared.models.run import Run
from tests.backend.runs.stored_runs import store_run, stored_runs
from tests.system import System

BULK = "/api/runs/bulk"


@pytest.fixture
def system(resting_system: System) -> System:
    return resting_system


WAITING = {RunStatus.BLOCKED, RunStatus.PENDING}
STARTED = {RunStatus.DISPATCHED, RunStatus.RUNNING}
REQUESTS: dict[str, BulkRuns] = {
    "cancel": CancelRuns(action="cancel", ids=[1]),
    "retry": RetryRuns(action="retry", ids=[1]),
    "priority": PrioritiseRuns(action="priority", ids=[1], steps=1),
    "start_now": StartRunsNow(action="start_now", ids=[1]),
}


@pytest.mark.parametrize(
    ("action", "reason", "statuses"),
    [
        ("cancel", None, WAITING | STARTED),
        ("cancel", BulkReason.ALREADY_ENDED, FINAL_STATUSES),
        ("retry", None, FINAL_STATUSES),
        ("retry", BulkReason.NOT_ENDED, WAITING | STARTED),
        ("priority", None, WAITING),
        ("priority", BulkReason.ALREADY_STARTED, STARTED),
        ("priority", BulkReason.ALREADY_ENDED, FINAL_STATUSES),
        ("start_now", None, WAITING),
        ("start_now", BulkReason.ALREADY_STARTED, STARTED),
        ("start_now", BulkReason.ALREADY_ENDED, FINAL_STATUSES),
    ],
)
def test_the_status_decides(action: str, reason: BulkReason | None, statuses: set[RunStatus]) -> None:
    assert {why_unchanged(REQUESTS[action], status) for status in statuses} == {reason}
    assert why_unchanged(REQUESTS[action], None) is BulkReason.GONE


@given(st.dictionaries(st.integers(1, 9), st.sampled_from(Priority)))
def test_a_step_back_restores_the_priorities_that_a_step_changed(former: dict[int, Priority]) -> None:
    raised = new_priorities(former, priority=None, steps=1)
    assert {run_id for run_id, one in former.items() if one is not Priority.CRITICAL} == set(raised)
    lowered = new_priorities(raised, priority=None, steps=-1)
    assert lowered == {run_id: former[run_id] for run_id in raised}


async def change(system: System, **body: Any) -> dict[str, Any]:
    answer = await system.http.post(BULK, json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["data"]
    assert found["changed"] + sum(one["count"] for one in found["refused"]) == found["selected"]
    return found


def reasons(answer: dict[str, Any]) -> dict[str, int]:
    return {one["reason"]: one["count"] for one in answer["refused"]}


async def runs_of(system: System, **wanted: Any) -> list[Run]:
    return (await system.client.list_runs(limit=500, sort="id", **wanted)).data


async def test_what_waits_of_a_task_is_cancelled_and_what_had_ended_is_counted(system: System) -> None:
    context = system.backend.context
    task_id, other = await system.create("ledger", command="true"), await system.create("other", command="true")
    waiting = [await store_run(context, task_id, RunStatus.PENDING, placement="nowhere") for _ in range(7)]
    for status in (RunStatus.SUCCEEDED, RunStatus.FAILED):
        await store_run(context, task_id, status)
    stays = await store_run(context, other, RunStatus.PENDING, placement="nowhere")

    done = await change(system, action="cancel", filter={"task_id": task_id})

    assert (done["ids"], reasons(done)) == (waiting, {"already_ended": 2})
    after = await stored_runs(context)
    assert {after[run_id]["error"] for run_id in waiting} == {"cancelled by local"}
    assert after[stays]["status"] == "pending"
    (entry,) = (await system.client.audit(action="runs.")).data
    assert (entry.action, entry.detail["count"], entry.detail["refused"]) == ("runs.cancel", 7, {"already_ended": 2})


async def test_child_runs_go_with_their_parent_and_are_not_counted(system: System) -> None:
    context = system.backend.context
    task_id = await system.create("one", command="true")
    parent = await store_run(context, task_id, RunStatus.RUNNING, distribution="sharded", worker_id=None)
    child = await store_run(context, task_id, RunStatus.PENDING, fan_out_run_id=parent, placement="nowhere")

    done = await change(system, action="cancel", filter={})

    assert (done["ids"], done["selected"]) == ([parent], 1)
    assert (await stored_runs(context))[child]["status"] == "cancelled"


async def test_what_failed_is_retried_with_what_it_had(system: System) -> None:
    task_id = await system.create("one", command="true", priority="low")
    gone = await system.create("gone", command="true")
    first = await system.client.trigger_task(task_id, {"arguments": ["a"], "priority": "high"})
    second = await system.client.trigger_task(task_id, {"arguments": ["b"]})
    third = await system.client.trigger_task(gone)
    await change(system, action="cancel", ids=[first.id, second.id, third.id])
    waits = await system.client.trigger_task(task_id)
    await system.client.delete_task(gone)

    done = await change(system, action="retry", ids=[first.id, second.id, third.id, waits.id, 9999])

    assert (done["ids"], reasons(done)) == ([first.id, second.id], {"task_deleted": 1, "not_ended": 1, "gone": 1})
    made = [await system.client.get_run(run_id) for run_id in done["run_ids"]]
    assert [(run.parent_run_id, run.trigger, run.priority) for run in made] == [
        (first.id, "retry", "high"),
        (second.id, "retry", "low"),
    ]
    assert [(await system.client.run_inputs(run.id)).arguments for run in made] == [["a"], ["b"]]


async def test_a_retry_as_it_was_takes_the_definition_of_each_run(system: System) -> None:
    task_id = await system.create("one", command="true")
    first = await system.client.trigger_task(task_id)
    await system.client.update_task(task_id, {"command": "false"})
    second = await system.client.trigger_task(task_id)
    await change(system, action="cancel", filter={})
    done = await change(system, action="retry", filter={"task_id": task_id}, definition="original")
    made = [await system.client.get_run(run_id) for run_id in done["run_ids"]]
    assert [(run.parent_run_id, run.task_version) for run in made] == [(first.id, 1), (second.id, 2)]


async def test_the_queue_is_raised_and_lowered_by_its_filter(system: System) -> None:
    context = system.backend.context
    task_id, other = (
        await system.create("ledger", command="true", max_concurrency=1),
        await system.create("other", command="true"),
    )
    running = await store_run(context, task_id, RunStatus.RUNNING)
    ready = await store_run(context, task_id, placement="nowhere", priority=1)
    held = await store_run(context, task_id, hold="limit", placement="nowhere", priority=1)
    critical = await store_run(context, task_id, placement="nowhere", priority=3)
    stays = await store_run(context, other, placement="nowhere", priority=1)

    raised = await change(system, action="priority", steps=1, queue={"q": "ledger"})

    assert (raised["ids"], reasons(raised)) == ([ready, held], {"already_started": 1, "unchanged": 1})
    levels = {run_id: run["priority"] for run_id, run in (await stored_runs(context)).items()}
    assert levels == {ready: 2, held: 2, critical: 3, stays: 1, running: 1}
    lowered = await change(system, action="priority", steps=-1, ids=raised["ids"])
    assert lowered["changed"] == 2
    only_ready = await change(system, action="cancel", queue={"state": ["ready"], "task_id": task_id})
    assert only_ready["ids"] == [ready, critical]
    assert (await change(system, action="start_now", queue={}, dry_run=True))["ids"] == [held, stays]
    assert (await stored_runs(context))[held]["hold"] == "limit"
    assert (await change(system, action="start_now", queue={"state": ["held"]}))["ids"] == [held]
    assert (await stored_runs(context))[held]["hold"] is None


async def test_the_queue_of_several_tasks_is_changed_by_one_request(system: System) -> None:
    context = system.backend.context
    alpha, beta, gamma = [await system.create(name, command="true") for name in ("alpha", "beta", "gamma")]
    of_alpha, of_beta, of_gamma = [await store_run(context, one, placement="nowhere") for one in (alpha, beta, gamma)]
    for queue, expected in (
        ({"task_ids": [beta, alpha, beta]}, [of_alpha, of_beta]),
        ({"task_ids": [alpha, beta], "task_id": beta}, [of_beta]),
        ({"task_ids": [alpha], "task_id": beta}, []),
        ({"task_ids": [alpha, gamma], "q": "gam"}, [of_gamma]),
        ({"task_ids": [alpha, 999_999]}, [of_alpha]),
    ):
        counted = await change(system, action="cancel", queue=queue, dry_run=True)
        assert counted["ids"] == expected, queue
        listed = (await system.client.queue(**queue)).data
        assert sorted(entry.run.id for entry in listed) == expected, queue
    for wrong in ([], ["alpha"], list(range(1, 502))):
        refused = await system.http.post(BULK, json={"action": "cancel", "queue": {"task_ids": wrong}})
        assert refused.status_code == 422
    cancelled = await change(system, action="cancel", queue={"task_ids": [alpha, beta]})
    assert cancelled["ids"] == [of_alpha, of_beta]
    assert [entry.run.id for entry in (await system.client.queue()).data] == [of_gamma]


async def test_a_filter_means_what_it_means_in_the_list(system: System) -> None:
    context = system.backend.context
    tasks = [await system.create(name, command="true") for name in ("alpha", "beta")]
    for task_id in tasks:
        for status in (RunStatus.PENDING, RunStatus.FAILED, RunStatus.CANCELLED):
            await store_run(context, task_id, status, placement="nowhere")
    for wanted in (
        {},
        {"q": "alp"},
        {"q": "3"},
        {"status": ["failed", "cancelled"]},
        {"task_id": tasks[1], "status": ["failed"]},
        {"trigger": "manual"},
        {"until": "2020-01-01T00:00:00Z"},
        {"ended_since": "2020-01-01T00:00:00Z"},
    ):
        listed = await runs_of(system, **wanted)
        answer = await change(system, action="retry", filter=wanted, dry_run=True)
        assert answer["selected"] == len(listed)
        assert answer["ids"] == [run.id for run in listed if run.status.is_final]
