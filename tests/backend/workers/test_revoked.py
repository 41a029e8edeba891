"""A worker whose key was revoked stays offline, whatever was under way."""

import pytest

from backend.broker.messages import Heartbeat, WorkerState
from backend.context import ServiceContext
from backend.workers import registry
from backend.workers.heartbeats import HeartbeatIntake
from shared.enums import WorkerStatus


def beat(sequence: int, *, incarnation: str = "1") -> Heartbeat:
    return Heartbeat(
        worker_id="w1", incarnation=incarnation, sequence=sequence, state=WorkerState.ONLINE, hostname="far",
        version="0", task_types=["noop"], labels={}, slots=1, held=[], active_count=0, uptime_seconds=1.0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("later", "status"),
    [
        (beat(2), WorkerStatus.OFFLINE),
        (beat(1, incarnation="2"), WorkerStatus.ONLINE),
    ],
    ids=["examined before the revocation", "started again with a new key"],
)
async def test_a_heartbeat_stored_after_a_revocation(
    context: ServiceContext, later: Heartbeat, status: WorkerStatus
) -> None:
    intake = HeartbeatIntake(context, is_sealed=True)
    await intake.handle([beat(1)])
    async with context.database.transaction() as connection:
        await registry.set_offline(connection, "w1")
    await intake.handle([later])
    async with context.database.statements() as connection:
        known = await registry.lock_known_workers(connection, ["w1"])
    assert known["w1"].status is status
