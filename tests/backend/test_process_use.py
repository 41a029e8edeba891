"""What is almost used up is a warning, a fault and a metric until it no longer is."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import text

from backend.database.connection import PoolUse
from backend.process_use import MANY_TASKS, SUSTAINED_SAMPLES, ProcessUse, ShortageDetector
from backend.resource_watch import ResourcesSampled
from shared.enums import FaultKind
from tests.backend.api.test_metrics import samples
from tests.system import System


def use(*, in_use: int = 0, files: int | None = 100, most_files: int | None = 1024, tasks: int = 50) -> ProcessUse:
    return ProcessUse(pool=PoolUse(in_use, 10 - in_use, 10), tasks=tasks, files=files, most_files=most_files)


@pytest.mark.parametrize(
    ("found", "resources"),
    [
        (use(), []),
        (use(files=819), []),
        (use(files=820), ["open files"]),
        (use(files=None, most_files=None), []),
        (use(files=5000, most_files=None), []),
        (use(tasks=MANY_TASKS - 1), []),
        (use(tasks=MANY_TASKS, files=1000), ["open files", "asyncio tasks"]),
    ],
)
def test_files_and_tasks_are_short_at_once(found: ProcessUse, resources: list[str]) -> None:
    assert [one.resource for one in ShortageDetector().examine(found)] == resources


def test_a_pool_is_short_only_when_it_stays_used_up() -> None:
    detector = ShortageDetector()
    for _ in range(3):
        for _ in range(SUSTAINED_SAMPLES - 1):
            assert detector.examine(use(in_use=10)) == ()
        assert detector.examine(use(in_use=7)) == ()
    for _ in range(SUSTAINED_SAMPLES - 1):
        detector.examine(use(in_use=8))
    (shortage,) = detector.examine(use(in_use=8))
    assert "8 of 10" in shortage.cause
    assert "TASKDECK_DATABASE_POOL_SIZE" in shortage.next_step


async def test_held_connections_are_a_fault_until_they_are_free(system: System) -> None:
    database = system.backend.context.database
    with system.backend.context.passes.watch(ResourcesSampled) as sampled:
        async with AsyncExitStack() as held:
            for _ in range(8):
                connection = await held.enter_async_context(database.statements())
                await connection.execute(text("select 1"))
            await sampled.next(lambda one: bool(one.shortages))
            info = await system.client.info()
            assert info.resources is not None
            assert info.resources.database_connections_in_use >= 8
            assert "Raise TASKDECK_DATABASE_POOL_SIZE" in info.resources.shortages[0]
            metrics = samples((await system.http.get("/metrics")).text)
            assert metrics["scheduler_resource_shortage{resource=database_connections}"] == 1
            async with asyncio.timeout(20):
                while not [one for one in await system.client.list_faults() if one.kind is FaultKind.SHORTAGE]:
                    await sampled.next()
        await sampled.next(lambda one: not one.shortages)
    assert [one for one in await system.client.list_faults() if one.kind is FaultKind.SHORTAGE] == []
    info = await system.client.info()
    assert info.resources is not None
    assert info.resources.shortages == []
