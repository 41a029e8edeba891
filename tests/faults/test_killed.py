"""What is left when a process is killed: every run in exactly one outcome, and nothing that runs on."""

import asyncio
import os
import signal
import subprocess
from pathlib import Path

import pytest

from shared.client import StreamEvent
from shared.enums import EventType, RunStatus, StreamTopic, WorkerStatus
from tests.faults.fleet import Fleet, kill, make, until, until_ended, until_workers
from tests.free_port import free_port
from tests.local_process import LocalProcess
from tests.processes import alive, unique_sleep


async def test_the_runs_of_a_killed_worker_go_on_elsewhere(fleet: Fleet) -> None:
    port = free_port()
    fleet.backend(port)
    first = fleet.worker("first")
    client = await fleet.client(port)
    async with client:
        await until_workers(client, 1)
        task = await make(client, "long", '[ "$TASKDECK_ATTEMPT" -gt 1 ] || sleep 60; echo "$TASKDECK_ATTEMPT"')
        once = await make(client, "at-most-once", "sleep 60", on_worker_lost="fail")
        run, single = [await client.trigger_task(one) for one in (task, once)]
        await until(client, run.id, RunStatus.RUNNING)
        await until(client, single.id, RunStatus.RUNNING)
        fleet.worker("second")
        await until_workers(client, 2)
        kill(first)
        ended = await until_ended(client, run.id)
        assert (ended.status, ended.worker_id, ended.attempt) == (RunStatus.SUCCEEDED, "second", 2)
        attempts = await client.attempts(run.id)
        assert [(one.attempt, one.worker_id, one.outcome) for one in attempts] == [
            (1, "first", "lost"),
            (2, "second", "succeeded"),
        ]
        assert (await until_ended(client, single.id)).status is RunStatus.FAILED
        workers = {worker.id: worker for worker in (await client.list_workers()).data}
        assert (workers["first"].status, workers["first"].current_task_count) == (WorkerStatus.LOST, 0)
        assert workers["second"].status is WorkerStatus.ONLINE


async def test_a_worker_that_comes_back_ends_what_its_former_life_left(fleet: Fleet) -> None:
    port = free_port()
    fleet.backend(port)
    worker = fleet.worker("only")
    client = await fleet.client(port)
    async with client:
        await until_workers(client, 1)
        mark = unique_sleep()
        task = await make(client, "orphan", f'[ "$TASKDECK_ATTEMPT" -gt 1 ] || {{ sleep {mark} & sleep {mark}; }}')
        run = await client.trigger_task(task)
        await until(client, run.id, RunStatus.RUNNING)
        bystander = anothers_run(run.id)
        try:
            kill(worker)
            assert alive(mark)
            fleet.worker("only")
            ended = await until_ended(client, run.id)
            assert (ended.status, ended.attempt) == (RunStatus.SUCCEEDED, 2)
            assert not alive(mark)
            assert bystander.poll() is None
        finally:
            bystander.kill()
            bystander.wait()


def anothers_run(run_id: int) -> subprocess.Popen[bytes]:
    """Start what a worker of another backend on this machine could run: its runs have the same numbers."""
    environment = os.environ | {"TASKDECK_RUN_ID": str(run_id), "TASKDECK_ATTEMPT": "1"}
    return subprocess.Popen(["sleep", "60"], env=environment)


@pytest.mark.timeout(400)
async def test_a_run_that_kills_its_worker_is_given_up_and_named(fleet: Fleet, tmp_path: Path) -> None:
    """The command ends its worker within milliseconds, also before its start can have been reported."""
    port, ledger = free_port(), tmp_path / "ledger"
    fleet.backend(port, TASKDECK_MAX_LOST_ATTEMPTS="3")
    client = await fleet.client(port, seconds=90)
    async with client:
        supervised = asyncio.create_task(_restarted_for_ever(fleet))
        task = await make(client, "deadly", f'echo "$TASKDECK_ATTEMPT" >> {ledger}; kill -9 $PPID')
        run = await client.trigger_task(task)
        try:
            ended = await until_ended(client, run.id, seconds=180)
        finally:
            supervised.cancel()
        assert ended.status is RunStatus.FAILED
        assert ended.error is not None
        assert "3 attempts that had begun were lost with the worker" in ended.error
        assert sorted(set(ledger.read_text().split())) == ["1", "2", "3"]
        faults = (await client.request("GET", "/api/system/faults"))["data"]
        assert [one["object_id"] for one in faults if one["kind"] == "given_up"] == [str(task)]


async def _restarted_for_ever(fleet: Fleet) -> None:
    """Run a worker as a service manager does."""
    while True:
        await asyncio.to_thread(fleet.worker("victim").wait)


async def test_a_replica_that_is_stopped_makes_no_worker_lost(fleet: Fleet) -> None:
    """The broker deals beats out in turn: with two workers, all of one may go to the replica that does not answer."""
    port, other = free_port(), free_port()
    fleet.backend(port)
    client = await fleet.client(port)
    async with client:
        standby = fleet.backend(other)
        async with await fleet.client(other):
            pass
        fleet.worker("first")
        fleet.worker("second")
        await until_workers(client, 2)
        lost: list[str] = []
        standby.send_signal(signal.SIGSTOP)
        try:
            async with asyncio.timeout(9):
                async for event in client.stream([StreamTopic.WORKERS]):
                    if isinstance(event, StreamEvent) and event.type is EventType.WORKER_LOST:
                        lost.append(event.data["id"])  # noqa: PERF401 - it ends by its timeout
        except TimeoutError:
            pass
        finally:
            standby.send_signal(signal.SIGCONT)
        assert lost == []
        assert (await client.stats()).workers_online == 2


async def test_a_killed_backend_loses_no_result_and_repeats_none(fleet: Fleet, tmp_path: Path) -> None:
    port = free_port()
    backend = fleet.backend(port)
    fleet.worker("w", slots=8)
    client = await fleet.client(port)
    ledger = tmp_path / "ledger"
    async with client:
        await until_workers(client, 1)
        task = await make(client, "counted", f'sleep 0.3; echo "$TASKDECK_RUN_ID" >> {ledger}')
        run_ids = (await client.batch([{"task_id": task}] * 60)).run_ids
        await until_ended(client, run_ids[0])
        kill(backend)
    fleet.backend(port)
    client = await fleet.client(port)
    async with client:
        for run_id in run_ids:
            run = await until_ended(client, run_id)
            assert run.status is RunStatus.SUCCEEDED
    executed = [int(line) for line in ledger.read_text().split()]
    assert sorted(set(executed)) == sorted(run_ids)
    assert len(executed) == len(run_ids), "nothing was run twice: the worker had lived all the time"


async def test_another_replica_takes_over_from_a_killed_dispatcher(fleet: Fleet) -> None:
    ports = free_port(), free_port()
    first = fleet.backend(ports[0])
    client = await fleet.client(ports[0])
    async with client:
        async with asyncio.timeout(30):
            while not (leader := await client.dispatcher()).active:
                await asyncio.sleep(0.05)
    second = fleet.backend(ports[1])
    fleet.worker("w")
    client = await fleet.client(ports[1])
    async with client:
        await until_workers(client, 1)
        assert (await client.dispatcher()).replica_id == leader.replica_id
        task = await make(client, "t", "echo hi")
        kill(first)
        loop = asyncio.get_running_loop()
        began = loop.time()
        run = await client.trigger_task(task)
        assert (await until_ended(client, run.id)).status is RunStatus.SUCCEEDED
        assert loop.time() - began < 5
        assert (await client.dispatcher()).replica_id != leader.replica_id
    kill(second, signal.SIGTERM)
    assert second.returncode == 0


async def test_a_worker_finishes_its_runs_after_sigterm(fleet: Fleet) -> None:
    port = free_port()
    fleet.backend(port)
    worker = fleet.worker("w", slots=1)
    client = await fleet.client(port)
    async with client:
        await until_workers(client, 1)
        task = await make(client, "slow", "sleep 1.5; echo done")
        run, waiting = [await client.trigger_task(task) for _ in range(2)]
        await until(client, run.id, RunStatus.RUNNING)
        await asyncio.to_thread(kill, worker, signal.SIGTERM)
        assert worker.returncode == 0
        ended = await until_ended(client, run.id)
        assert (ended.status, ended.attempt) == (RunStatus.SUCCEEDED, 1)
        assert (await client.get_run(waiting.id)).status is RunStatus.PENDING
        fleet.worker("other")
        assert (await until_ended(client, waiting.id)).status is RunStatus.SUCCEEDED


async def test_a_killed_local_backend_starts_again_with_every_run_in_one_outcome(tmp_path: Path) -> None:
    from shared.client import TaskdeckClient
    from shared.client.session import TokenAuth

    backend = LocalProcess(tmp_path / "data")
    await asyncio.to_thread(backend.start)
    address = backend.address
    ledger = tmp_path / "ledger"
    async with TaskdeckClient(address.url, auth=TokenAuth(address.token)) as client:
        task = await make(client, "counted", f'sleep 0.2; echo "$TASKDECK_RUN_ID" >> {ledger}')
        run_ids = (await client.batch([{"task_id": task}] * 20)).run_ids
        await until(client, run_ids[0], RunStatus.RUNNING)
    backend.process.kill()
    backend.process.communicate()
    again = LocalProcess(tmp_path / "data")
    await asyncio.to_thread(again.start)
    try:
        assert again.address.url == address.url, "the port is kept"
        async with TaskdeckClient(again.address.url, auth=TokenAuth(again.address.token)) as client:
            for run_id in run_ids:
                assert (await until_ended(client, run_id)).status is RunStatus.SUCCEEDED
    finally:
        assert await asyncio.to_thread(again.stop) == 0
    assert set(run_ids) <= {int(line) for line in ledger.read_text().split()}
    assert not alive(str(tmp_path)), "Ctrl-C leaves no process behind"
    assert not (tmp_path / "data" / "backend.json").exists()
