"""Attacks by a stranger on the broker, and by an enrolled worker on the runs of another: each changes nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from backend.app import Backend, open_backend, open_broker, open_database
from backend.broker.gate import Refused
from backend.broker.in_process import InProcessBroker
from backend.broker.keys import WorkerKey, new_secret_text
from backend.broker.messages import (
    HEARTBEATS,
    LOGS,
    REPORTS,
    TELEMETRY,
    WORKER_COMMANDS,
    Assign,
    AttemptEnd,
    AttemptResult,
    Ending,
    LogBatch,
    LogPiece,
    Progress,
    Telemetry,
    WorkerReport,
)
from backend.broker.rabbitmq import RabbitBroker
from backend.broker.signing import SEAL_HEADER, Stamp, read_stamp, seal
from backend.cli.connection_options import ConnectionOptions
from backend.cli.doctor import examine
from backend.settings import Settings
from backend.workers.heartbeats import HeartbeatIntake
from backend.workers.refused_messages import RefusalsStored
from shared.client.stream import StreamEvent, StreamOpened
from shared.enums import BackendRole, EventType, FaultKind, LogStream, RunStatus, StreamTopic
from shared.models.run import Run
from tests.conftest import Databases
from tests.system import System, open_system

SLOW = 'until [ -e "$GO" ]; do sleep 0.05; done; echo done'


@dataclass
class Recorder:
    """What was sent to queues: a stranger who reads along."""

    sent: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)

    def of(self, queue: str) -> list[tuple[str, bytes, Mapping[str, str]]]:
        return [one for one in self.sent if one[0] == queue]

    def tap(self, kind: type[Any], monkeypatch: pytest.MonkeyPatch) -> None:
        real = kind.send

        async def send(broker: Any, queue: str, body: bytes, **more: Any) -> None:
            self.sent.append((queue, body, more.get("headers") or {}))
            await real(broker, queue, body, **more)

        monkeypatch.setattr(kind, "send", send)


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    made = Recorder()
    for kind in (InProcessBroker, RabbitBroker):
        made.tap(kind, monkeypatch)
    return made


@pytest.fixture(params=["in-process", "rabbitmq"])
async def system(
    request: pytest.FixtureRequest, recorder: Recorder, databases: Databases, tmp_path: Path
) -> AsyncIterator[System]:
    """A system that uses keys."""
    broker = None if request.param == "in-process" else request.getfixturevalue("rabbit_url")
    url = await databases.create()
    try:
        async with open_system(url, broker, tmp_path, signing_key=new_secret_text()) as opened:
            yield opened
    finally:
        await databases.drop(url)


async def inject(system: System, queue: str, body: bytes, headers: Mapping[str, str] | None = None) -> None:
    """Send as a stranger does."""
    await system.broker.send(queue, body, durable=queue in ("reports", "logs"), headers=headers)


def sealed(key: WorkerKey, queue: str, body: bytes, *, incarnation: str = "forged", number: int = 1) -> dict[str, str]:
    stamp = Stamp(party=key.worker_id, incarnation=incarnation, number=number, at_ms=1)
    return {SEAL_HEADER: seal(stamp, body, purpose=queue, key=key.secret)}


def forged_end(run: Run, worker_id: str) -> bytes:
    result = AttemptResult(ending=Ending.SUCCEEDED, exit_code=0, output='"forged"')
    end = AttemptEnd(run_id=run.id, attempt=run.attempt, result=result)
    return REPORTS.encode(WorkerReport(worker_id=worker_id, incarnation="forged", finished=[end]))


async def until_refused(system: System, queue: str, reason: Refused, attack: Callable[[], Awaitable[None]]) -> None:
    """Attack, and return when one more message is refused for this reason."""
    counts = system.backend.refused_messages.counts
    before = counts[queue, reason]

    async def count() -> int:
        return counts[queue, reason]

    with system.backend.context.passes.watch(RefusalsStored) as passes:
        await attack()
        while await count() <= before:
            await passes.next()


async def waiting_run(system: System, tmp_path: Path) -> tuple[Run, Path]:
    """Return a run that runs until a file exists."""
    go = tmp_path / "go"
    task = await system.create("slow", command=SLOW, environment={"GO": str(go)})
    run = await system.client.trigger_task(task)
    return await system.until(run.id, RunStatus.RUNNING), go


async def faults(system: System) -> dict[str, str]:
    """Return the causes of the faults that tell of refusals, by object."""
    found = (await system.http.get("/api/system/faults")).json()["data"]
    return {one["object_id"]: one["cause"] for one in found if one["kind"] == FaultKind.REFUSED}


async def worker(system: System, worker_id: str) -> dict[str, Any]:
    return dict((await system.http.get(f"/api/workers/{worker_id}")).json()["data"])


async def test_a_sealed_system_works(system: System) -> None:
    await system.add_worker("w1", key=await system.enroll("w1"))
    run = await system.run("hello", command='echo hello; echo 50 half > "$TASKDECK_PROGRESS"')
    assert (run.status, run.stdout_tail, run.worker_id) == (RunStatus.SUCCEEDED, "hello\n", "w1")
    assert not system.backend.refused_messages.counts
    found = await worker(system, "w1")
    assert (found["status"], found["key_state"], found["refusal"]) == ("online", "enrolled", None)


async def test_no_stranger_ends_a_run(system: System, tmp_path: Path) -> None:
    await system.add_worker("w1", key=await system.enroll("w1"))
    run, go = await waiting_run(system, tmp_path)
    mallory = await system.enroll("mallory")
    body = forged_end(run, "w1")
    wrong = WorkerKey("w1", mallory.secret)
    for reason, headers in (
        (Refused.UNSEALED, None),
        (Refused.WRONG_SEAL, sealed(wrong, "reports", body)),
        (Refused.WRONG_SEAL, sealed(mallory, "logs", body)),
        (Refused.FOREIGN, sealed(mallory, "reports", body)),
        (Refused.UNKNOWN, sealed(WorkerKey("nobody", mallory.secret), "reports", body)),
    ):
        await until_refused(system, "reports", reason, lambda h=headers: inject(system, "reports", body, h))  # type: ignore[misc]
    own = forged_end(run, "mallory")
    await inject(system, "reports", own, sealed(mallory, "reports", own))
    go.touch()
    ended = await system.finished(run.id)
    assert (ended.status, ended.output, ended.stdout_tail) == (RunStatus.SUCCEEDED, None, "done\n")
    found = await system.until_passes(RefusalsStored, lambda: faults(system), lambda found: len(found) == 3)
    assert "no such worker is enrolled" in found["nobody"]
    assert set(found) == {"w1", "mallory", "nobody"}
    assert (await worker(system, "w1"))["status"] == "online", "what is sent in its name does not harm it"
    entries = (await system.http.get("/api/audit", params={"action": "worker.messages_refused"})).json()["data"]
    assert {entry["object_id"] for entry in entries} == {"w1", "mallory", "nobody"}
    metrics = (await system.http.get("/metrics")).text
    assert 'taskdeck_messages_refused_total{queue="reports",reason="foreign"} 1.0' in metrics


async def test_no_worker_writes_into_the_runs_of_another(system: System, tmp_path: Path) -> None:
    await system.add_worker("w1", key=await system.enroll("w1"))
    run, go = await waiting_run(system, tmp_path)
    mallory = await system.enroll("mallory")
    piece = LogPiece(run_id=run.id, attempt=1, stream=LogStream.STDOUT, sequence=1, ago_ms=0, text="forged\n")
    log = LOGS.encode(LogBatch(worker_id="mallory", incarnation="forged", pieces=[piece]))
    progress = Progress(run_id=run.id, attempt=1, percent=99.0, text="forged")
    telemetry = TELEMETRY.encode(Telemetry(worker_id="mallory", incarnation="forged", progress=[progress]))
    await inject(system, "logs", log, sealed(mallory, "logs", log))
    await inject(system, "telemetry", telemetry, sealed(mallory, "telemetry", telemetry))
    go.touch()
    ended = await system.finished(run.id)
    assert ended.progress_text is None
    assert [chunk.text async for chunk in system.client.follow_logs(run.id)] == ["done\n"]


async def test_a_recorded_assignment_runs_nothing(system: System, recorder: Recorder, tmp_path: Path) -> None:
    key = await system.enroll("w1")
    ledger = tmp_path / "ledger"
    async with AsyncExitStack() as life:
        await system.add_worker("w1", key=key, stack=life)
        run = await system.run("once", command=f"echo x >> {ledger}")
        recorded = [one for one in recorder.of("worker.w1") if isinstance(WORKER_COMMANDS.decode(one[1]), Assign)]
        for _ in range(3):
            await system.broker.send(*recorded[0][:2], headers=recorded[0][2])
        await system.run("another", executor="noop", command="")
    await system.add_worker("w1", key=key)
    for queue, body, headers in recorded:
        await system.broker.send(queue, body, headers=headers)
        await system.broker.send(queue, body)

    async def refusal() -> str:
        return (await faults(system)).get("w1", "")

    cause = await system.until_events(refusal, bool, topic=StreamTopic.WORKERS)
    assert "it refused" in cause
    await system.run("one more", executor="noop", command="")
    assert ledger.read_text() == "x\n"
    assert (await system.client.get_run(run.id)).attempt == 1


async def test_a_recorded_report_changes_nothing(system: System, recorder: Recorder) -> None:
    await system.add_worker("w1", key=await system.enroll("w1"))
    run = await system.run("retried", command='[ "$TASKDECK_ATTEMPT" = 2 ]', retry_count=1, retry_delay_seconds=0)
    assert (run.status, run.attempt) == (RunStatus.SUCCEEDED, 2)
    attempts = (await system.http.get(f"/api/runs/{run.id}/attempts")).json()
    for queue, body, headers in recorder.of("reports"):
        await inject(system, queue, body, headers)
    await system.run("later", executor="noop", command="")
    assert await system.client.get_run(run.id) == run
    assert (await system.http.get(f"/api/runs/{run.id}/attempts")).json() == attempts


async def test_a_recorded_heartbeat_brings_no_former_process_back(system: System, recorder: Recorder) -> None:
    key = await system.enroll("w1")
    async with AsyncExitStack() as life:
        await system.add_worker("w1", key=key, stack=life)
        await system.until_workers(1)
        recorded = recorder.of("heartbeats")
    await system.add_worker("w1", key=key)

    async def incarnation() -> str:
        return str((await worker(system, "w1"))["incarnation"])

    former = read_stamp(recorded[0][2][SEAL_HEADER])
    assert former is not None
    now = await system.until_events(incarnation, lambda found: found > former.incarnation, topic=StreamTopic.WORKERS)
    newest = recorder.of("heartbeats")[-1]
    assert HEARTBEATS.decode(newest[1]).incarnation == now
    await until_refused(system, "heartbeats", Refused.STALE, lambda: inject(system, *recorded[0]))
    await until_refused(system, "heartbeats", Refused.REPEATED, lambda: inject(system, *newest))
    assert await incarnation() == now
    assert (await worker(system, "w1"))["status"] == "online"


async def test_a_replica_that_knows_no_heartbeat_asks_the_database(system: System, recorder: Recorder) -> None:
    key = await system.enroll("w1")
    async with AsyncExitStack() as life:
        await system.add_worker("w1", key=key, stack=life)
        await system.until_workers(1)
        recorded = recorder.of("heartbeats")[0]
    former = HEARTBEATS.decode(recorded[1])
    await system.add_worker("w1", key=key)
    await system.until_events(
        lambda: worker(system, "w1"),
        lambda found: found["incarnation"] > former.incarnation,
        topic=StreamTopic.WORKERS,
    )
    now = (await worker(system, "w1"))["incarnation"]
    await HeartbeatIntake(system.backend.context, is_sealed=True).handle([former])
    assert (await worker(system, "w1"))["incarnation"] == now


async def test_a_worker_with_another_key_never_comes_online(system: System) -> None:
    await system.enroll("w1")
    wrong = WorkerKey("w1", bytes(32))
    await until_refused(system, "heartbeats", Refused.WRONG_SEAL, lambda: _start(system, "w1", wrong))
    await until_refused(system, "heartbeats", Refused.UNSEALED, lambda: _start(system, "w2", None))
    assert (await system.http.get("/api/workers")).json()["data"] == []
    found = await system.until_passes(RefusalsStored, lambda: faults(system), lambda found: len(found) == 2)
    assert "another key" in found["w1"]
    assert "no seal" in found["w2"]
    keys = (await system.client.list_worker_keys()).data
    assert [(one.worker_id, one.key_state) for one in keys] == [("w1", "enrolled")]


async def _start(system: System, worker_id: str, key: WorkerKey | None) -> None:
    await system.add_worker(worker_id, key=key)


async def test_a_flood_fills_neither_faults_nor_audit_log(system: System) -> None:
    for number in range(200):
        body = forged_end_of_nobody(f"made-up-{number}")
        key = WorkerKey(f"made-up-{number}", bytes(32))
        await inject(system, "reports", body, sealed(key, "reports", body))
    await inject(system, "reports", b"x", {SEAL_HEADER: "1 $(reboot) a - 1 1 ff"})
    await until_refused(system, "reports", Refused.UNSEALED, lambda: inject(system, "reports", b"x"))
    found = await faults(system)
    assert len(found) <= 22
    assert not any("reboot" in name for name in found)
    entries = (await system.http.get("/api/audit", params={"actor": "broker", "limit": 200})).json()["data"]
    assert len(entries) <= 24
    assert (await system.client.list_workers()).data == []


def forged_end_of_nobody(worker_id: str) -> bytes:
    return REPORTS.encode(WorkerReport(worker_id=worker_id, incarnation="forged"))


async def test_a_revoked_key_is_worth_nothing_at_once_on_two_replicas(system: System, tmp_path: Path) -> None:
    assert system.settings.database_url is not None
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(system.settings, system.settings.database_url))
        broker = system.broker
        if isinstance(broker, RabbitBroker):
            broker = await stack.enter_async_context(open_broker(system.settings, RabbitBroker(system.broker_url)))
        other = Backend(system.settings, database, broker, roles=frozenset({BackendRole.API}))
        await stack.enter_async_context(open_backend(other, host="127.0.0.1", port=0, is_local=True))
        await system.add_worker("w1", key=await system.enroll("w1"))
        run, go = await waiting_run(system, tmp_path)
        await system.add_worker("w2", key=await system.enroll("w2"))
        await system.client.revoke_worker("w1")
        assert (await worker(system, "w1"))["status"] == "offline"
        assert (await worker(system, "w1"))["key_state"] == "revoked"
        go.touch()
        ended = await system.finished(run.id, seconds=60)
        assert (ended.worker_id, ended.attempt) == ("w2", 2), "its own report did not count, and the run was retried"
        for backend in (system.backend, other):
            assert backend.keys is not None
            assert backend.keys.find("w1") is Refused.REVOKED
            assert isinstance(backend.keys.find("w2"), WorkerKey)
        actions = (await system.http.get("/api/audit", params={"object_type": "worker"})).json()["data"]
        assert {"worker.enroll", "worker.revoke"} <= {entry["action"] for entry in actions}


async def test_the_doctor_names_a_worker_that_still_sends_with_a_revoked_key(
    system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TASKDECK_DATA_DIR", str(tmp_path))
    await system.add_worker("w1", key=await system.enroll("w1"))
    await system.client.revoke_worker("w1")
    await system.until_passes(RefusalsStored, lambda: faults(system), lambda found: "w1" in found)
    found = await examine(ConnectionOptions(url=system.backend.url, token=system.token), Settings())
    [refused] = [one for one in found if one.what == "Refused"]
    assert (refused.state, refused.topic) == ("problem", "worker-refused")
    assert "worker w1" in refused.detail
    assert "messages in its name are refused: the worker's key was revoked" in refused.detail
    assert "stop it, or enroll it again (taskdeck worker enroll w1)" in refused.detail


async def test_nobody_else_tells_the_live_stream_anything(system: System) -> None:
    forged = b'[{"type": "run.finished", "at": "2026-01-01T00:00:00Z", "data": {"id": 1, "forged": true}}]'
    await until_refused(system, "events", Refused.WRONG_SEAL, lambda: system.broker.publish("run.finished", forged))
    async with asyncio.timeout(30):
        async for item in system.client.stream([StreamTopic.RUNS, StreamTopic.TASKS]):
            if isinstance(item, StreamOpened):
                await system.broker.publish("run.finished", forged)
                await system.create("last", executor="noop", command="")
            elif isinstance(item, StreamEvent):
                assert item.type is EventType.TASK_CREATED
                break


async def test_recorded_events_are_not_passed_on_again(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    published: list[tuple[str, bytes, Mapping[str, str]]] = []
    real = type(system.broker).publish

    async def publish(broker: Any, kind: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> None:
        published.append((kind, body, headers or {}))
        await real(broker, kind, body, headers=headers)

    monkeypatch.setattr(type(system.broker), "publish", publish)
    await system.create("first", executor="noop", command="")
    await system.until_events(_nothing, lambda _: bool(published), topic=StreamTopic.TASKS)
    kind, body, headers = published[0]
    again = (kind, headers), ("task.deleted", headers)
    for name, sent in again:
        await until_refused(
            system,
            "events",
            Refused.WRONG_SEAL,
            lambda n=name, h=sent: system.broker.publish(n, body, headers=h),  # type: ignore[misc]
        )


async def _nothing() -> None:
    return None
