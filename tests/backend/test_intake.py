"""One bad message, or one bad part of a message, costs no other."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from backend.broker.gate import Gate
from backend.broker.in_process import InProcessBroker
from backend.broker.keys import RootKey
from backend.broker.messages import REPORTS, AttemptEnd, AttemptResult, AttemptStarted, Ending, WorkerReport
from backend.broker.queues import REPORT_QUEUE
from backend.broker.signing import SEAL_HEADER, Stamp, seal
from backend.database.connection import Database
from backend.intake import Intake

BAD_RUN = 13


class Recorder:
    """Records reports until all attempts that it expects are there; one run it can never record."""

    def __init__(self, expected: set[int]) -> None:
        self.recorded: list[int] = []
        self.is_complete = asyncio.Event()
        self._expected = expected

    async def handle(self, reports: Sequence[WorkerReport]) -> None:
        runs = [one.run_id for report in reports for one in report.started]
        runs += [end.run_id for report in reports for end in report.finished]
        if BAD_RUN in runs:
            raise ValueError("integer out of range")
        self.recorded += runs
        if self._expected <= set(self.recorded):
            self.is_complete.set()


@asynccontextmanager
async def intake(recorder: Recorder, gate: Gate | None = None) -> AsyncIterator[InProcessBroker]:
    broker = InProcessBroker()
    await broker.start(timeout=timedelta(seconds=1))
    database = Database("postgresql+asyncpg://127.0.0.1:1/none", pool_size=1, application_name="tests")
    running = asyncio.create_task(Intake(broker, REPORT_QUEUE, REPORTS, recorder.handle, database, gate=gate).run())
    try:
        yield broker
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await database.close()


def report(*, started: Sequence[int] = (), finished: Sequence[int] = ()) -> bytes:
    return REPORTS.encode(
        WorkerReport(
            worker_id="w1",
            incarnation="1",
            started=[AttemptStarted(run_id=run_id, attempt=1, ago_ms=0) for run_id in started],
            finished=[
                AttemptEnd(run_id=run_id, attempt=1, result=AttemptResult(ending=Ending.SUCCEEDED))
                for run_id in finished
            ],
        )
    )


async def test_a_result_that_cannot_be_recorded_costs_no_other_of_its_report() -> None:
    others = set(range(1, 21)) - {BAD_RUN}
    recorder = Recorder(others | {30})
    async with intake(recorder) as broker, asyncio.timeout(30):
        await broker.send(REPORT_QUEUE.name, report(started=[30], finished=range(1, 21)), durable=True)
        await recorder.is_complete.wait()
    assert sorted(recorder.recorded) == sorted(others | {30}), "each once"
    [letter] = await broker.dead_letters(limit=10)
    [end] = REPORTS.decode(letter.body).finished
    assert (letter.queue, end.run_id) == (REPORT_QUEUE.name, BAD_RUN)


async def test_a_message_that_cannot_be_read_costs_no_other_of_its_batch() -> None:
    recorder = Recorder({1, 2})
    async with intake(recorder) as broker, asyncio.timeout(30):
        for body in (report(finished=[1]), b"no report \xff", report(finished=[2])):
            await broker.send(REPORT_QUEUE.name, body)
        await recorder.is_complete.wait()
    assert [letter.body for letter in await broker.dead_letters(limit=10)] == [b"no report \xff"]


async def test_the_parts_of_a_sealed_message_are_sealed() -> None:
    key = RootKey(b"a secret for tests that is long enough").of_worker("w1", salt="salt")
    recorder = Recorder(set(range(1, 21)) - {BAD_RUN})
    body = report(finished=range(1, 21))
    stamp = Stamp(party="w1", incarnation="1", number=1, at_ms=1)
    headers = {SEAL_HEADER: seal(stamp, body, purpose=REPORT_QUEUE.name, key=key.secret)}
    async with intake(recorder, Gate(lambda _: key)) as broker:
        await broker.send(REPORT_QUEUE.name, report(started=[30]))
        await broker.send(REPORT_QUEUE.name, body, headers=headers)
        async with asyncio.timeout(10):
            await recorder.is_complete.wait()
    assert sorted(recorder.recorded) == sorted(set(range(1, 21)) - {BAD_RUN}), "the report without a seal is dropped"
