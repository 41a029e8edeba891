"""The cache of online workers."""

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.connection import Database
from backend.workers.assignment import WorkerLoad
from backend.workers.online import OnlineWorkers

INSERT = text(
    """
    insert into workers (id, incarnation, sequence, status, hostname, version, task_types, labels, slots, held,
        active_count, started_at, last_heartbeat_at)
    values (:id, 'i', 1, :status, 'host', '1', '["shell"]', '{}', 4, '[]', 0, now(), now())
    """
)
BEAT = text("update workers set sequence = sequence + 1 where id = :id")


async def add(database: Database, worker_id: str, status: str = "online") -> None:
    async with database.transaction() as connection:
        await connection.execute(INSERT, {"id": worker_id, "status": status})


async def read(database: Database, workers: OnlineWorkers) -> list[str]:
    async with database.transaction() as connection:
        return [worker.id for worker in await workers.read(connection)]


async def test_only_online_workers_are_read_and_then_remembered(database: Database) -> None:
    await add(database, "w1")
    await add(database, "draining", "draining")
    workers = OnlineWorkers()
    assert await read(database, workers) == ["w1"]
    await add(database, "w2")
    assert await read(database, workers) == ["w1"]
    workers.expire()
    assert await read(database, workers) == ["w1", "w2"]


async def test_the_first_worker_is_seen_at_once(database: Database) -> None:
    workers = OnlineWorkers()
    assert await read(database, workers) == []
    await add(database, "w1")
    assert await read(database, workers) == ["w1"]


async def test_an_excluded_worker_returns_with_its_next_heartbeat(database: Database) -> None:
    await add(database, "w1")
    workers = OnlineWorkers()
    assert await read(database, workers) == ["w1"]
    workers.exclude("w1")
    assert await read(database, workers) == []
    workers.expire()
    assert await read(database, workers) == [], "no heartbeat since"
    async with database.transaction() as connection:
        await connection.execute(BEAT, {"id": "w1"})
    workers.expire()
    assert await read(database, workers) == ["w1"]


async def test_how_long_the_runs_of_a_busy_worker_take_is_learnt_soon(database: Database) -> None:
    await add(database, "w1")
    now = 100.0
    durations: dict[str, float] = {}

    async def mean_run_times(_connection: AsyncConnection) -> Mapping[str, float]:
        return dict(durations)

    workers = OnlineWorkers(mean_run_times, clock=lambda: now)

    async def load() -> WorkerLoad:
        async with database.transaction() as connection:
            (worker,) = await workers.read(connection)
            return worker

    idle = await load()
    durations["w1"] = 2.0
    now += 0.5
    assert await load() is idle, "it has no run"
    idle.in_flight = 4
    assert (await load()).mean_run_ms == 2.0
    durations["w1"] = 3.0
    now += 0.5
    assert (await load()).mean_run_ms == 2.0
    now += 2
    assert (await load()).mean_run_ms == 3.0
