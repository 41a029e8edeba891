"""Anything on the broker: what cannot be recorded is a dead letter, and every loop goes on."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.broker.queues import worker_queue
from shared.enums import RunStatus
from tests.backend.api.test_saved_tasks import Host
from tests.conftest import Databases
from tests.fuzzing import fuzzed
from tests.strategies.messages import messages
from tests.system import System


@pytest.fixture(scope="module")
def host(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    made = Host(databases, tmp_path_factory.mktemp("worker"))
    made.do(made.system.create("probe", command="echo ok"))
    yield made
    made.close()


@fuzzed(12)
@given(st.lists(messages(), min_size=1, max_size=12))
def test_a_run_still_ends_among_messages_of_any_kind(host: Host, sent: list[tuple[str, bytes]]) -> None:
    host.do(check(host.system, sent))


async def check(system: System, sent: list[tuple[str, bytes]]) -> None:
    for queue, body in sent:
        await system.broker.send(queue, body, durable=queue in ("reports", "logs"))
    await probe(system)


@fuzzed(25)
@given(
    st.binary(max_size=200) | st.sampled_from((b'{"kind": "cancel", "attempts": [{"run_id": 1, "attempt": 1}]}', b"[]"))
)
def test_a_worker_goes_on_after_any_command(host: Host, body: bytes) -> None:
    async def send() -> None:
        await host.system.broker.send(worker_queue("w1").name, body)
        await probe(host.system)

    host.do(send())


async def probe(system: System) -> None:
    """A run goes all the way: its result, its log and the worker's heartbeat come through every loop."""
    [task] = (await system.http.get("/api/tasks", params={"name": "probe"})).json()["data"]
    async with asyncio.timeout(60):
        run = await system.finished((await system.client.trigger_task(task["id"])).id)
        assert (run.status, run.stdout_tail) == (RunStatus.SUCCEEDED, "ok\n"), run.error
        worker = (await system.http.get("/api/workers/w1")).json()["data"]
        assert worker["status"] == "online"
