"""A worker gets runs only if it has the backend's signing key."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from backend.broker.messages import HEARTBEATS, Heartbeat, WorkerState
from backend.broker.signing import key_proof, sign
from backend.workers.admission import Refusal, why_refused
from backend.workers.assignment import WorkerLoad, why_unschedulable
from shared.enums import FaultKind, StreamTopic, UnschedulableCause, WorkerStatus
from tests.conftest import Databases
from tests.system import System, open_system

KEY, OTHER = "the signing key of the backend", "a signing key of another installation"


def proof(key: str | None, *, worker_id: str = "w1", incarnation: str = "life") -> str | None:
    return key_proof(worker_id=worker_id, incarnation=incarnation, key=key) if key is not None else None


@pytest.mark.parametrize(
    ("backend", "worker", "expected"),
    [
        (None, None, None),
        (KEY, KEY, None),
        (KEY, OTHER, Refusal.OTHER_KEY),
        (KEY, None, Refusal.NO_KEY),
        (None, KEY, Refusal.BACKEND_HAS_NONE),
    ],
)
def test_which_workers_are_refused(backend: str | None, worker: str | None, expected: Refusal | None) -> None:
    assert why_refused(worker_id="w1", incarnation="life", proof=proof(worker), key=backend) is expected


@pytest.mark.parametrize("given", ["", "é", KEY, proof(KEY, worker_id="w2"), proof(KEY, incarnation="former")])
def test_no_other_text_is_a_proof(given: str) -> None:
    assert why_refused(worker_id="w1", incarnation="life", proof=given, key=KEY) is Refusal.OTHER_KEY


def test_a_proof_is_neither_the_key_nor_the_signature_of_a_command() -> None:
    found = key_proof(worker_id="w1", incarnation="life", key=KEY)
    assert KEY not in found
    assert found != sign(b"life", worker_id="w1", key=KEY)


def test_a_heartbeat_of_version_0_1_has_no_proof() -> None:
    beat = Heartbeat(
        worker_id="w1", incarnation="life", sequence=1, state=WorkerState.ONLINE, hostname="h", version="0.1.0",
        task_types=["*"], labels={}, slots=1, held=[], active_count=0,
    )  # fmt: skip
    former = HEARTBEATS.encode(beat).replace(b',"key_proof":null', b"")
    assert b"key_proof" not in former
    assert HEARTBEATS.decode(former) == beat
    assert HEARTBEATS.decode(HEARTBEATS.encode(replace(beat, key_proof="x"))).key_proof == "x"


def test_a_run_that_only_a_refused_worker_would_accept_says_so() -> None:
    refused = [WorkerLoad(id="w1", task_types=frozenset({"gpu"}), labels={}, slots=1, in_flight=0)]
    found = why_unschedulable("gpu", [], refused=refused)
    assert found is not None
    assert (found.cause, found.worker_id) == (UnschedulableCause.WORKER_REFUSED, "w1")
    assert "TASKDECK_SIGNING_KEY" in found.text
    other = why_unschedulable("shell", [], refused=refused)
    assert other is not None
    assert other.cause is UnschedulableCause.NO_WORKER


async def test_a_worker_with_another_key_gets_no_run_and_everyone_says_why(
    databases: Databases, tmp_path: Path
) -> None:
    url = await databases.create()
    try:
        async with open_system(url, None, tmp_path, signing_key=KEY) as system:
            await system.add_worker("stranger", signing_key=OTHER)
            run = await system.client.trigger_task(await system.create("waits", executor="noop", command=""))
            stranger = await _worker(system, "stranger")
            assert (stranger["status"], stranger["current_task_count"]) == (WorkerStatus.OFFLINE, 0)
            assert stranger["refusal"] == (
                "refused, so that it gets no runs: its TASKDECK_SIGNING_KEY differs from the backend's. "
                "Set the same TASKDECK_SIGNING_KEY for the backends and the worker, then restart what was changed."
            )
            waiting = await system.client.get_run(run.id)
            assert waiting.waiting is not None
            assert waiting.waiting.unschedulable is not None
            assert waiting.waiting.unschedulable.cause is UnschedulableCause.WORKER_REFUSED
            assert waiting.attempt == 0
            faults = (await system.http.get("/api/system/faults")).json()["data"]
            assert [one["object_id"] for one in faults if one["kind"] == FaultKind.REFUSED] == ["stranger"]

            await system.add_worker("friend", signing_key=KEY)
            assert (await system.finished(run.id)).worker_id == "friend"
            assert (await _worker(system, "friend"))["refusal"] is None
    finally:
        await databases.drop(url)


async def _worker(system: System, worker_id: str) -> dict[str, object]:
    """Return a worker once it is known."""
    async with asyncio.timeout(60):
        async for _ in system.client.stream([StreamTopic.WORKERS]):
            for one in (await system.http.get("/api/workers")).json()["data"]:
                if one["id"] == worker_id:
                    return dict(one)
    raise AssertionError("the stream ended")
