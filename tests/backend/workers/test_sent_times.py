"""How long messages of workers were on their way, without a question to the database for each."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from backend.broker.messages import Heartbeat, WorkerState
from backend.context import ServiceContext
from backend.workers.heartbeats import HeartbeatIntake
from backend.workers.sent_times import SentTimes

UPTIME_MS = 60_000
CLOSE_MS = 5_000
"""Longer than a test takes on a busy machine, shorter than the delays in question."""


@dataclass(frozen=True)
class Message:
    worker_id: str
    incarnation: str
    sent_ms: int | None


async def heartbeat(context: ServiceContext, incarnation: str, *, uptime_ms: int = UPTIME_MS) -> None:
    message = Heartbeat(
        worker_id="w", incarnation=incarnation, sequence=1, state=WorkerState.ONLINE, hostname="far", version="0",
        task_types=["noop"], labels={}, slots=1, held=[], active_count=0, uptime_seconds=uptime_ms / 1000,
    )  # fmt: skip
    await HeartbeatIntake(context).handle([message])


async def on_their_way(context: ServiceContext, times: SentTimes, *messages: Message) -> list[int]:
    async with context.database.transaction() as connection:
        return await times.on_their_way(connection, messages)


async def test_what_was_read_of_a_worker_is_used_again(context: ServiceContext) -> None:
    times = SentTimes()
    await heartbeat(context, "first")
    late = Message("w", "first", UPTIME_MS - 20_000)
    (before,) = await on_their_way(context, times, late)
    assert 20_000 <= before < 20_000 + CLOSE_MS
    async with context.database.transaction() as connection:
        moved = {"by": timedelta(hours=1)}
        await connection.execute(text("update workers set started_at = started_at - cast(:by as interval)"), moved)
    (after,) = await on_their_way(context, times, late)
    assert before <= after < 20_000 + CLOSE_MS


async def test_a_process_that_is_not_known_yet_is_read(context: ServiceContext) -> None:
    times = SentTimes()
    await heartbeat(context, "first")
    second = Message("w", "second", 10_000)
    assert (await on_their_way(context, times, Message("w", "first", UPTIME_MS), second))[1] == 0
    await heartbeat(context, "second", uptime_ms=40_000)
    (found,) = await on_their_way(context, times, second)
    assert 30_000 <= found < 30_000 + CLOSE_MS


async def test_a_message_that_does_not_say_when_it_was_sent_counts_as_new(context: ServiceContext) -> None:
    await heartbeat(context, "first")
    assert await on_their_way(context, SentTimes(), Message("w", "first", None), Message("x", "?", 1)) == [0, 0]
