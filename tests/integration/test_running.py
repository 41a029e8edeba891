"""A task's way from the API to its outcome, over each broker."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.broker.messages import REPORTS, AttemptEnd, AttemptResult, Ending, LogPiece, WorkerReport
from backend.broker.queues import REPORT_QUEUE
from backend.runs import logs
from shared.enums import RunStatus
from tests.processes import alive, unique_sleep
from tests.system import System


async def test_a_triggered_command_runs_and_its_output_is_kept(system: System) -> None:
    await system.add_worker()
    run = await system.run("greet", command='echo "hello $1"; echo oops >&2', arguments=["world"])
    assert run.status is RunStatus.SUCCEEDED
    assert (run.exit_code, run.stdout_tail, run.stderr_tail) == (0, "hello world\n", "oops\n")
    assert run.worker_id == "w1"
    text = [chunk.text async for chunk in system.client.follow_logs(run.id)]
    assert "".join(sorted(text)) == "hello world\noops\n"


async def test_an_argument_is_never_read_as_shell_code(system: System) -> None:
    await system.add_worker()
    run = await system.run("quote", command='printf %s "$1"', arguments=["$(id); `id`"])
    assert run.stdout_tail == "$(id); `id`"


async def test_a_command_that_exits_3_has_failed_with_that_code(system: System) -> None:
    await system.add_worker()
    run = await system.run("three", command="exit 3")
    assert (run.status, run.exit_code, run.error) == (RunStatus.FAILED, 3, "exit code 3")


async def test_a_command_that_does_not_exist_is_recorded_as_127(system: System) -> None:
    await system.add_worker()
    run = await system.run("missing", command="no-such-command-at-all")
    assert (run.status, run.exit_code) == (RunStatus.FAILED, 127)
    assert "not found" in (run.stderr_tail or "")


async def test_a_failure_is_retried_and_both_attempts_are_kept(system: System) -> None:
    await system.add_worker()
    run = await system.run(
        "flaky",
        command='[ "$TASKDECK_ATTEMPT" = 2 ] || exit 9',
        retry_count=1,
        retry_delay_seconds=0,
        retry_backoff="fixed",
    )
    assert (run.status, run.attempt) == (RunStatus.SUCCEEDED, 2)
    attempts = await system.client.attempts(run.id)
    assert [(a.attempt, a.outcome, a.exit_code) for a in attempts] == [(1, "failed", 9), (2, "succeeded", 0)]


async def test_a_timeout_ends_the_command_and_its_children(system: System) -> None:
    await system.add_worker()
    mark = unique_sleep()
    run = await system.run("slow", command=f"trap '' TERM; sleep {mark} & sleep {mark}", timeout_seconds=1)
    assert (run.status, run.error) == (RunStatus.TIMED_OUT, "timed out after 1 s")
    assert not alive(mark)


async def test_cancelling_a_running_command_ends_it(system: System) -> None:
    await system.add_worker()
    task_id = await system.create("long", command="sleep 600")
    run = await system.client.trigger_task(task_id)
    await system.until(run.id, RunStatus.RUNNING)
    await system.client.cancel_run(run.id)
    ended = await system.finished(run.id)
    assert ended.status is RunStatus.CANCELLED
    assert (ended.error or "").startswith("cancelled by "), "it says who"


async def test_cancelling_a_waiting_run_ends_it_at_once(system: System) -> None:
    run = await system.client.trigger_task(await system.create("waits", command="true"))
    assert (await system.client.cancel_run(run.id)).status is RunStatus.CANCELLED


@pytest.mark.parametrize(
    "daemon",
    [
        "setsid sleep {own} >/dev/null 2>&1",
        "env -i setsid sleep {own}",
        "env -i setsid sleep {own} >/dev/null 2>&1 </dev/null",
    ],
    ids=["session", "environment cleared", "environment cleared, no output"],
)
async def test_nothing_is_left_of_a_daemon(system: System, daemon: str) -> None:
    await system.add_worker()
    mark = unique_sleep()
    run = await system.run("daemon", command=f"{daemon.format(own=mark)} & sleep 0.1; echo started")
    assert (run.status, run.stdout_tail) == (RunStatus.SUCCEEDED, "started\n")
    assert not alive(mark)


async def test_fifty_megabytes_of_output_are_cut_truthfully(system: System) -> None:
    await system.add_worker()
    run = await system.run("flood", command="head -c 52428800 /dev/zero | tr '\\0' x; echo end")
    assert run.status is RunStatus.SUCCEEDED
    tail = run.stdout_tail or ""
    assert len(tail) == 64 * 1024
    assert tail.endswith("xend\n")
    kept = 0
    marked = False
    async for chunk in system.client.follow_logs(run.id):
        kept += len(chunk.text)
        marked = marked or "bytes left out" in chunk.text
    assert marked
    assert 10 * 1024 * 1024 < kept < 12 * 1024 * 1024


async def test_following_waits_for_output_that_is_stored_after_the_outcome(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert, gate = logs.insert_pieces, asyncio.Event()

    async def insert_late(connection: AsyncConnection, pieces: Sequence[LogPiece]) -> None:
        await gate.wait()
        await insert(connection, pieces)

    monkeypatch.setattr(logs, "insert_pieces", insert_late)
    await system.add_worker()
    run = await system.run("late", command="echo last words")
    assert run.status is RunStatus.SUCCEEDED
    asyncio.get_running_loop().call_later(1.5, gate.set)
    assert [chunk.text async for chunk in system.client.follow_logs(run.id)] == ["last words\n"]


async def test_output_that_is_no_text_does_no_harm(system: System) -> None:
    await system.add_worker()
    run = await system.run("binary", command=r"printf 'a\000b\377c'; printf '\342\202' >&2")
    assert run.status is RunStatus.SUCCEEDED
    assert run.stdout_tail is not None
    assert (run.stdout_tail[0], run.stdout_tail[-1]) == ("a", "c")
    chunks = [chunk.text async for chunk in system.client.follow_logs(run.id)]
    assert "\x00" not in "".join(chunks)
    assert (await system.run("after", command="echo fine")).stdout_tail == "fine\n"


async def test_a_report_that_cannot_be_recorded_holds_up_no_other(system: System) -> None:
    await system.add_worker()
    task_id = await system.create("t", command="sleep 0.5; echo done")
    run = await system.client.trigger_task(task_id)
    await system.until(run.id, RunStatus.RUNNING)
    poisoned = WorkerReport(
        worker_id="w1",
        incarnation="x",
        finished=[
            AttemptEnd(
                run_id=run.id,
                attempt=99,
                result=AttemptResult(ending=Ending.FAILED, exit_code=2**40, error="\x00", execution_time_ms=1),
            )
        ],
    )
    await system.broker.send(REPORT_QUEUE.name, REPORTS.encode(poisoned))
    assert (await system.finished(run.id)).status is RunStatus.SUCCEEDED


async def test_a_script_is_run_by_its_interpreter(system: System) -> None:
    await system.add_worker()
    run = await system.run(
        "script", command="#!/usr/bin/env python3\nimport sys\nprint(sys.argv[1] * 2)", arguments=["ab"]
    )
    assert run.stdout_tail == "abab\n"


async def test_http_and_noop_executors_run(system: System) -> None:
    await system.add_worker()
    ready = await system.run("ready", executor="http", command=f'{{"url": "{system.backend.url}/health"}}')
    assert (ready.status, ready.exit_code) == (RunStatus.SUCCEEDED, 0)
    lost = await system.run("lost", executor="http", command=f'{{"url": "{system.backend.url}/nowhere"}}')
    assert (lost.status, lost.error) == (RunStatus.FAILED, "HTTP 404, expected 2xx")
    assert (await system.run("nothing", executor="noop")).status is RunStatus.SUCCEEDED


async def test_an_urgent_run_created_last_goes_first(system: System) -> None:
    task_id = await system.create("order", executor="noop")
    low = await system.client.trigger_task(task_id, {"priority": "low"})
    normal = await system.client.trigger_task(task_id)
    critical = await system.client.trigger_task(task_id, {"priority": "critical"})
    await system.add_worker(slots=1)
    runs = [await system.finished(run.id) for run in (low, normal, critical)]
    started = {run.id: (run.dispatched_at, run.completed_at) for run in runs}
    assert started[critical.id] <= started[normal.id] <= started[low.id]


async def test_a_limit_holds_however_many_are_triggered(system: System) -> None:
    await system.add_worker(slots=8)
    task_id = await system.create("limited", command="sleep 0.15", max_concurrency=2)
    result = await system.client.batch([{"task_id": task_id} for _ in range(6)])
    runs = [await system.finished(run_id) for run_id in result.run_ids]
    for run in runs:
        assert run.dispatched_at is not None
        overlapping = [
            other
            for other in runs
            if other.dispatched_at
            and other.completed_at
            and other.dispatched_at <= run.dispatched_at < other.completed_at
        ]
        assert len(overlapping) <= 2


async def test_a_schedule_fires_in_its_second(system: System) -> None:
    await system.add_worker()
    task_id = await system.create("tick", command="true", schedule="* * * * * *")
    page = await system.until_events(
        lambda: system.client.list_runs(task_id=task_id, status=RunStatus.SUCCEEDED), lambda page: bool(page.data)
    )
    run = page.data[0]
    assert run.scheduled_for is not None
    assert run.queued_at - run.scheduled_for < timedelta(seconds=1)
    await system.client.pause_task(task_id)
    assert (await system.client.get_task(task_id)).next_run_at is None


async def test_a_dependent_task_runs_once_after_both_of_its_upstreams(system: System) -> None:
    await system.add_worker()
    first, second = await system.create("a", executor="noop"), await system.create("b", executor="noop")
    last = await system.create("c", executor="noop", depends_on=[{"task_id": first}, {"task_id": second}])
    for upstream in (first, first, second):
        await system.finished((await system.client.trigger_task(upstream)).id)
    page = await system.until_events(lambda: system.client.list_runs(task_id=last), lambda page: bool(page.data))
    assert [run.trigger for run in page.data] == ["dependency"]


async def test_times_are_the_databases(system: System) -> None:
    await system.add_worker()
    run = await system.run("clock", command="true")
    assert run.queued_at <= run.dispatched_at <= run.started_at <= run.completed_at  # type: ignore[operator]
    assert abs(datetime.now(UTC) - run.queued_at) < timedelta(minutes=1)
