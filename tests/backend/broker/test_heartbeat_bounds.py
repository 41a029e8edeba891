"""What a heartbeat may say is bounded, because decisions and lists are made of it."""

import json
from typing import Any

import pytest

from backend.broker.messages import HEARTBEATS, MOST_SLOTS, MalformedMessageError

BEAT: dict[str, Any] = {
    "worker_id": "w1", "incarnation": "1", "sequence": 1, "state": "online", "hostname": "h", "version": "1",
    "task_types": ["*"], "labels": {}, "slots": MOST_SLOTS, "held": [], "active_count": 0,
}  # fmt: skip


def test_the_largest_worker_is_accepted() -> None:
    beat = BEAT | {"held": [{"run_id": 1, "attempt": 1}] * MOST_SLOTS * 9, "active_count": MOST_SLOTS}
    assert HEARTBEATS.decode(json.dumps(beat).encode()).slots == MOST_SLOTS


@pytest.mark.parametrize(
    "changes",
    [
        {"slots": MOST_SLOTS + 1},
        {"slots": 0},
        {"slots": 2**70},
        {"active_count": -1},
        {"sequence": 2**60},
        {"cpu_percent": float("nan")},
        {"uptime_seconds": float("inf")},
        {"uptime_seconds": -1},
        {"memory_bytes": -1},
        {"worker_id": ""},
        {"worker_id": "w" * 201},
        {"hostname": "h" * 256},
        {"incarnation": "1" * 65},
        {"task_types": ["x"] * 1001},
        {"task_types": ["x" * 300]},
        {"labels": {str(number): "x" for number in range(1001)}},
        {"held": [{"run_id": 1, "attempt": 1}] * 100_001},
        {"refused_commands": -1},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_heartbeat_beyond_the_bounds_is_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(MalformedMessageError):
        HEARTBEATS.decode(json.dumps(BEAT | changes).encode())
