"""The leader calls an address outside, and no failure of it hurts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from backend.faults.reporter import FaultsStored
from backend.outside_heartbeat import HeartbeatSent, OutsideHeartbeat
from backend.supervisor import Supervisor
from shared.enums import FaultKind
from tests.backend.api.test_metrics import rescrape
from tests.system import System


class Watcher:
    """A receiver of heartbeats, which answers with `status`."""

    def __init__(self) -> None:
        self.status = "200 OK"
        self.paths: list[str] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.paths.append(head.split(" ", 2)[1])
        writer.write(f"HTTP/1.1 {self.status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def watching() -> AsyncIterator[tuple[Watcher, str]]:
    watcher = Watcher()
    server = await asyncio.start_server(watcher.answer, "127.0.0.1", 0)
    async with server:
        yield watcher, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/ping/secret-path"


async def test_failures_are_counted_and_a_fault_until_the_next_success(
    system: System, capsys: pytest.CaptureFixture[str]
) -> None:
    context = system.backend.context
    async with watching() as (watcher, url):
        supervisor = Supervisor()
        with context.passes.watch(HeartbeatSent) as sent, context.passes.watch(FaultsStored) as stored:
            supervisor.start(OutsideHeartbeat(context, url, interval_seconds=0.2), name="outside heartbeat")
            await sent.next(lambda one: one.error is None)
            watcher.status = "500 Broken"
            failed = await sent.next(lambda one: one.error is not None)
            assert failed.error == "127.0.0.1 answered 500 Broken"
            await stored.next()
            faults = [one for one in await system.client.list_faults() if one.kind is FaultKind.UNREACHABLE]
            assert [one.object_id for one in faults] == ["127.0.0.1"]
            watcher.status = "200 OK"
            await sent.next(lambda one: one.error is None)
        await supervisor.stop()
    assert set(watcher.paths) == {"/ping/secret-path"}
    await context.counts.store()
    answer = await rescrape(system, {})
    assert answer["scheduler_outside_heartbeats_total{outcome=failed}"] >= 1
    assert answer["scheduler_outside_heartbeats_total{outcome=ok}"] >= 2
    printed = "".join(capsys.readouterr())
    assert "The heartbeat to the outside failed." in printed
    assert "secret-path" not in printed


async def test_an_address_that_nobody_listens_on_is_a_failure_and_not_an_error(system: System) -> None:
    context = system.backend.context
    async with watching() as (_, url):
        pass
    supervisor = Supervisor()
    with context.passes.watch(HeartbeatSent) as sent:
        supervisor.start(OutsideHeartbeat(context, url, interval_seconds=0.1), name="outside heartbeat")
        first, second = await sent.next(), await sent.next()
    await supervisor.stop()
    assert first.error is not None
    assert second.error is not None
    assert "cannot be reached" in first.error
    assert "secret" not in first.error


async def test_a_replica_that_does_not_lead_calls_nobody(system: System) -> None:
    context = system.backend.context
    context.signals.stand_by()
    async with watching() as (watcher, url):
        supervisor = Supervisor()
        supervisor.start(OutsideHeartbeat(context, url, interval_seconds=0.1), name="outside heartbeat")
        for _ in range(50):
            await asyncio.sleep(0)
        await supervisor.stop()
    assert watcher.paths == []
