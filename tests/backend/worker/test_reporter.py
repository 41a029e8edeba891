"""How many messages the reports of a worker are."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from backend.broker.messages import REPORTS, AttemptEnd, AttemptRef, AttemptResult, Ending, WorkerReport
from backend.worker.held_attempts import HeldAttempts
from backend.worker.reporter import Reporter
from backend.worker.spool import Spool
from backend.worker.uptime import Uptime


class Sent:
    """A broker that confirms each message at once."""

    def __init__(self) -> None:
        self.reports: list[WorkerReport] = []

    async def send(self, queue: str, body: bytes, *, durable: bool = False) -> None:
        self.reports.append(REPORTS.decode(body))


class Worker:
    """The reporter of a worker, with what it sends."""

    def __init__(self, folder: Path) -> None:
        self.sent = Sent()
        self.held = HeldAttempts(ttl=timedelta(minutes=1))
        self.spool = Spool(folder)
        self.reporter = Reporter(self.sent, self.spool, self.held, worker_id="w", incarnation="i", uptime=Uptime())

    def begin(self, count: int) -> list[AttemptRef]:
        refs = [AttemptRef(number, 1) for number in range(count)]
        for ref in refs:
            self.held.add(ref)
        return refs

    async def end(self, refs: list[AttemptRef]) -> None:
        """Report results one after the other, as commands end."""
        for ref in refs:
            result = AttemptResult(ending=Ending.SUCCEEDED)
            self.reporter.finished(AttemptEnd(run_id=ref.run_id, attempt=ref.attempt, result=result))
            await asyncio.sleep(0)
        await self.reporter.wait_idle()


@pytest.fixture
async def worker(tmp_path: Path) -> AsyncIterator[Worker]:
    opened = Worker(tmp_path)
    running = asyncio.create_task(opened.reporter.run())
    yield opened
    running.cancel()
    opened.spool.close()


async def test_a_result_of_an_idle_worker_is_reported_in_the_next_turn_of_the_loop(worker: Worker) -> None:
    [ref] = worker.begin(1)
    worker.reporter.started(ref)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert [len(report.started) for report in worker.sent.reports] == [1]


async def test_results_of_a_busy_worker_are_gathered(worker: Worker) -> None:
    await worker.end(worker.begin(20))
    assert [len(report.finished) for report in worker.sent.reports] == [20]


async def test_as_many_as_are_worth_a_message_wait_for_no_others(worker: Worker) -> None:
    refs = worker.begin(300)
    async with asyncio.timeout(10):
        await worker.end(refs)
    sizes = [len(report.finished) for report in worker.sent.reports]
    assert sum(sizes) == 300
    assert sizes[:2] == [128] * 2
