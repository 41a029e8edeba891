"""A cluster of three nodes of RabbitMQ, one of which is lost while runs are dispatched."""

import asyncio
from pathlib import Path
from urllib.parse import quote

import pytest

from backend.broker.keys import new_secret_text
from shared.enums import RunStatus
from tests.faults.drill.proxy import Proxy
from tests.faults.fleet import Fleet, make, until, until_ended, until_workers
from tests.free_port import free_port
from tests.rabbit_cluster import PASSWORD, RabbitCluster
from tests.rabbit_node import NO_RABBIT, find_server

RUNS = 40
OF_ALL = ("reports", "logs", "dead-letters", "heartbeats", "telemetry")


async def test_a_node_of_the_cluster_that_is_lost_costs_no_run(database_url: str, tmp_path: Path) -> None:
    server = find_server()
    if server is None:
        pytest.skip(NO_RABBIT)
    cluster = RabbitCluster(server)
    balancer = Proxy(("127.0.0.1", cluster.nodes[0].port))
    await balancer.open()
    url = f"amqp://deck:{quote(PASSWORD)}@127.0.0.1:{balancer.port}/deck?heartbeat=3"
    fleet = Fleet(tmp_path, database_url.replace("+asyncpg", ""), url, signing_key=new_secret_text())
    ledger, port = tmp_path / "ledger", free_port()
    try:
        await asyncio.to_thread(cluster.start)
        fleet.backend(port)
        for name in ("w1", "w2"):
            await asyncio.to_thread(fleet.worker, name)  # the balancer runs on this loop
        async with await fleet.client(port) as client:
            await until_workers(client, 2)
            queues = await asyncio.to_thread(cluster.queues)
            assert {name: queues.get(name) for name in OF_ALL} == dict.fromkeys(OF_ALL, ("quorum", 3)), queues
            task = await make(client, "counted", f'sleep 0.2; echo "$TASKDECK_RUN_ID" >> {ledger}')
            run_ids = (await client.batch([{"task_id": task}] * RUNS)).run_ids
            await until(client, run_ids[RUNS // 4], RunStatus.RUNNING, RunStatus.SUCCEEDED)

            await asyncio.to_thread(cluster.nodes[0].kill)
            balancer.target = ("127.0.0.1", cluster.nodes[1].port)
            balancer.cut()

            ended = [await until_ended(client, run_id, seconds=90) for run_id in run_ids]
        assert {run.status for run in ended} == {RunStatus.SUCCEEDED}
        assert sorted(int(line) for line in ledger.read_text().split()) == sorted(run_ids)
    finally:
        fleet.kill_all()
        await balancer.close()
        await asyncio.to_thread(cluster.remove)
