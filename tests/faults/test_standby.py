"""The primary database is lost while runs are dispatched, and its standby is promoted."""

import asyncio
from pathlib import Path

import pytest

from backend.broker.keys import new_secret_text
from shared.enums import RunStatus
from tests.faults.fleet import Fleet, make, until, until_ended, until_workers
from tests.free_port import free_port
from tests.postgres_node import NO_POSTGRES, find_programs
from tests.postgres_pair import PostgresPair

RUNS = 40


async def test_a_standby_that_is_promoted_has_every_run(rabbit_url: str, tmp_path: Path) -> None:
    programs = find_programs()
    if programs is None:
        pytest.skip(NO_POSTGRES)
    pair = PostgresPair(programs)
    fleet = Fleet(tmp_path, pair.url, rabbit_url, signing_key=new_secret_text())
    ledger, port = tmp_path / "ledger", free_port()
    try:
        await asyncio.to_thread(pair.start)
        fleet.backend(port)
        fleet.worker("w")
        async with await fleet.client(port) as client:
            await until_workers(client, 1)
            task = await make(client, "counted", f'sleep 0.2; echo "$TASKDECK_RUN_ID" >> {ledger}')
            run_ids = (await client.batch([{"task_id": task}] * RUNS)).run_ids
            await until(client, run_ids[RUNS // 4], RunStatus.RUNNING, RunStatus.SUCCEEDED)

            await asyncio.to_thread(pair.lose_primary)
            await asyncio.to_thread(pair.promote)

            ended = [await until_ended(client, run_id, seconds=90) for run_id in run_ids]
        assert {run.status for run in ended} == {RunStatus.SUCCEEDED}
        assert sorted(int(line) for line in ledger.read_text().split()) == sorted(run_ids)
    finally:
        fleet.kill_all()
        await asyncio.to_thread(pair.remove)
