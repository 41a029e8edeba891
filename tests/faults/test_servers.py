"""Servers that are not there, and servers that go away and come back."""

import asyncio
from pathlib import Path
from secrets import token_bytes
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from backend.broker.keys import WorkerKey, new_secret_text
from backend.database.embedded_postgres import EmbeddedPostgres
from shared.enums import RunStatus
from tests.faults.fleet import Fleet, make, until, until_ended, until_workers
from tests.free_port import free_port
from tests.rabbit_node import NO_RABBIT, RabbitNode, find_server


@pytest.mark.parametrize("which", ["database", "broker"])
async def test_a_missing_server_is_named_after_the_configured_wait(fleet: Fleet, which: str) -> None:
    port = free_port()
    if which == "database":
        fleet.database_url = f"postgresql://nobody:secret-word@127.0.0.1:{port}/none"
    else:
        fleet.broker_url = f"amqp://guest:secret-word@127.0.0.1:{port}/"
    backend = fleet.backend(free_port(), TASKDECK_WAIT_AT_START_SECONDS="1")
    _, said = await asyncio.to_thread(backend.communicate, timeout=90)
    assert backend.returncode == 1
    last = said.strip().splitlines()[-1]
    assert last.startswith("taskdeck: ")
    assert f"127.0.0.1:{port}" in last
    assert "secret-word" not in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("which", "says"),
    [
        ("database", 'database "no_such_database" does not exist'),
        ("virtual host", "no such virtual host"),
        ("password", "ACCESS_REFUSED"),
        ("strategy", "Use one of"),
    ],
)
async def test_a_refusal_by_a_server_is_reported_at_once_in_one_line(fleet: Fleet, which: str, says: str) -> None:
    port = free_port()
    changes: dict[str, Any] = {}
    if which == "database":
        wrong = make_url(fleet.database_url).set(database="no_such_database")
        fleet.database_url = wrong.render_as_string(hide_password=False)
    elif which == "virtual host":
        fleet.broker_url = fleet.broker_url.rstrip("/") + "/no-such-host"
    elif which == "password":
        fleet.broker_url = fleet.broker_url.replace("guest:guest@", "guest:secret-word@")
    else:
        changes["TASKDECK_STRATEGY"] = "astrology"
    _, said = await asyncio.to_thread(fleet.backend(port, **changes).communicate, timeout=90)
    assert says in said.strip().splitlines()[-1]
    assert "Traceback" not in said
    assert "secret-word" not in said


async def test_a_worker_reports_a_missing_broker(fleet: Fleet) -> None:
    port = free_port()
    fleet.broker_url = f"amqp://guest:guest@127.0.0.1:{port}/"
    key = WorkerKey("w", token_bytes(32)).text()  # a worker connects before anybody can tell what its key is worth
    worker = fleet.worker("w", TASKDECK_WAIT_AT_START_SECONDS="1", TASKDECK_WORKER_KEY=key)
    _, said = await asyncio.to_thread(worker.communicate, timeout=90)
    assert worker.returncode == 1
    assert f"127.0.0.1:{port}" in said
    assert "Traceback" not in said


async def test_a_port_in_use_is_named(fleet: Fleet) -> None:
    port = free_port()
    fleet.backend(port)
    async with await fleet.client(port):
        second = fleet.backend(port)
        _, said = await asyncio.to_thread(second.communicate, timeout=90)
        assert second.returncode == 1
        assert str(port) in said.strip().splitlines()[-1]


async def test_a_database_that_comes_late_is_waited_for(rabbit_url: str, tmp_path: Path) -> None:
    postgres = EmbeddedPostgres(tmp_path / "postgres")
    await postgres.start()
    url = postgres.url
    await postgres.stop()
    fleet = Fleet(tmp_path, url, rabbit_url, signing_key=new_secret_text())
    port = free_port()
    try:
        backend = fleet.backend(port, TASKDECK_WAIT_AT_START_SECONDS="30")
        await asyncio.sleep(1)
        assert backend.poll() is None
        await postgres.start()
        async with await fleet.client(port) as client:
            assert (await client.stats()).tasks_total == 0
    finally:
        fleet.kill_all()
        await postgres.stop()


async def test_a_database_that_restarts_costs_time_and_no_run(rabbit_url: str, tmp_path: Path) -> None:
    postgres = EmbeddedPostgres(tmp_path / "postgres")
    await postgres.start()
    fleet = Fleet(tmp_path, postgres.url, rabbit_url, signing_key=new_secret_text())
    port = free_port()
    ledger = tmp_path / "ledger"
    try:
        fleet.backend(port)
        fleet.worker("w")
        async with await fleet.client(port) as client:
            await until_workers(client, 1)
            task = await make(client, "t", f'sleep 0.5; echo "$TASKDECK_RUN_ID" >> {ledger}')
            run_ids = (await client.batch([{"task_id": task}] * 12)).run_ids
            await until(client, run_ids[0], RunStatus.RUNNING)
            await postgres.stop()
            await asyncio.sleep(1)
            await postgres.start()
            for run_id in run_ids:
                assert (await until_ended(client, run_id)).status is RunStatus.SUCCEEDED
        assert sorted(int(line) for line in ledger.read_text().split()) == sorted(run_ids)
    finally:
        fleet.kill_all()
        await postgres.stop()


async def test_a_broker_that_restarts_costs_time_and_no_run(database_url: str, tmp_path: Path) -> None:
    server = find_server()
    if server is None:
        pytest.skip(NO_RABBIT)
    node = RabbitNode(server)
    await asyncio.to_thread(node.start)
    fleet = Fleet(tmp_path, database_url.replace("+asyncpg", ""), node.url, signing_key=new_secret_text())
    port = free_port()
    ledger = tmp_path / "ledger"
    try:
        fleet.backend(port)
        fleet.worker("w")
        async with await fleet.client(port) as client:
            await until_workers(client, 1)
            task = await make(client, "t", f'sleep 0.5; echo "$TASKDECK_RUN_ID" >> {ledger}')
            run_ids = (await client.batch([{"task_id": task}] * 12)).run_ids
            await until(client, run_ids[0], RunStatus.RUNNING)
            await asyncio.to_thread(node.stop)
            await asyncio.to_thread(node.start)
            for run_id in run_ids:
                assert (await until_ended(client, run_id, seconds=60)).status is RunStatus.SUCCEEDED
        assert set(run_ids) == {int(line) for line in ledger.read_text().split()}
    finally:
        fleet.kill_all()
        await asyncio.to_thread(node.remove)
