"""Forged, foreign and recorded messages on RabbitMQ."""

import asyncio
from contextlib import AsyncExitStack

import aio_pika

from backend.broker.gate import Refused
from backend.broker.keys import WorkerKey
from backend.broker.messages import (
    LOGS,
    TELEMETRY,
    WORKER_COMMANDS,
    Assign,
    LogBatch,
    LogPiece,
    Progress,
    Telemetry,
)
from backend.broker.protocol import QueueTakenError
from backend.broker.queues import DEAD_LETTERS, worker_queue
from shared.client.stream import StreamEvent, StreamOpened
from shared.enums import EventType, LogStream, RunStatus, StreamTopic
from tests.attacks.fleet import Fleet
from tests.attacks.table import Actor, Attacks
from tests.integration.test_broker_attacks import (
    forged_end,
    forged_end_of_nobody,
    sealed,
    until_refused,
)

BROKER = Attacks[Fleet]()


async def log_of(fleet: Fleet, run_id: int) -> list[str]:
    return [chunk.text async for chunk in fleet.system.client.follow_logs(run_id)]


@BROKER.attack(
    Actor.BROKER,
    "reports the end of a run without a seal, or with one that nobody made",
    gets="nothing: dropped, counted",
)
async def unsealed(fleet: Fleet) -> None:
    run, go = await fleet.waiting_run()
    before = fleet.refused("reports", *Refused)
    body = forged_end(run, "w1")
    header = sealed(fleet.key, "reports", body)
    (name,) = header
    texts = ("", "1", "x" * 5000, "1 w1 a - 1 1 ff", header[name][:-4] + "0000", header[name].replace("w1", "w2"))
    messages = [(body, None), (b"", None), (b"\x00" * 1000, None)]
    for sent, headers in [*messages, *((body, {name: text}) for text in texts)]:
        await fleet.inject("reports", sent, headers)
    await fleet.inject("reports", body + b" ", header)
    await fleet.run()
    found = await fleet.system.client.get_run(run.id)
    assert found.status is RunStatus.RUNNING, (found, fleet.system.backend.refused_messages.counts)
    go.touch()
    ended = await fleet.system.finished(run.id)
    assert (ended.status, ended.output, ended.stdout_tail) == (RunStatus.SUCCEEDED, None, "done\n"), ended
    refused = fleet.refused("reports", *Refused) - before
    assert refused == len(messages) + len(texts) + 1, (refused, fleet.system.backend.refused_messages.counts)


@BROKER.attack(
    Actor.WORKER,
    "reports the end of another worker's run, in its name, with a key of its own",
    gets="nothing: WRONG_SEAL, FOREIGN",
)
async def in_anothers_name(fleet: Fleet) -> None:
    run, go = await fleet.waiting_run()
    body = forged_end(run, "w1")
    wrong = sealed(WorkerKey("w1", fleet.mallory.secret), "reports", body)
    other_queue = sealed(fleet.mallory, "logs", body)
    await fleet.expect_refused("reports", Refused.WRONG_SEAL, (body, wrong), (body, other_queue))
    await fleet.expect_refused("reports", Refused.FOREIGN, (body, sealed(fleet.mallory, "reports", body)))
    nobody = sealed(WorkerKey("nobody", fleet.mallory.secret), "reports", body)
    await fleet.expect_refused("reports", Refused.UNKNOWN, (body, nobody))
    go.touch()
    assert (await fleet.system.finished(run.id)).output is None


@BROKER.attack(
    Actor.WORKER, "reports the end of another worker's run in its own name", gets="nothing: the run is not its own"
)
async def run_of_another(fleet: Fleet) -> None:
    run, go = await fleet.waiting_run()
    body = forged_end(run, "mallory")
    await fleet.inject("reports", body, sealed(fleet.mallory, "reports", body))
    await fleet.run()
    assert (await fleet.system.client.get_run(run.id)).status is RunStatus.RUNNING
    go.touch()
    ended = await fleet.system.finished(run.id)
    assert (ended.output, ended.worker_id) == (None, "w1")


@BROKER.attack(
    Actor.WORKER, "writes into the log and the progress of another worker's run", gets="nothing that is shown"
)
async def log_of_another(fleet: Fleet) -> None:
    run, go = await fleet.waiting_run()
    piece = LogPiece(run_id=run.id, attempt=1, stream=LogStream.STDOUT, sequence=1, ago_ms=0, text="forged\n")
    log = LOGS.encode(LogBatch(worker_id="mallory", incarnation="forged", pieces=[piece]))
    progress = Progress(run_id=run.id, attempt=1, percent=99.0, text="forged")
    telemetry = TELEMETRY.encode(Telemetry(worker_id="mallory", incarnation="forged", progress=[progress]))
    await fleet.inject("logs", log, sealed(fleet.mallory, "logs", log, number=2))
    await fleet.inject("telemetry", telemetry, sealed(fleet.mallory, "telemetry", telemetry, number=3))
    go.touch()
    ended = await fleet.system.finished(run.id)
    assert ended.progress_text is None
    assert await log_of(fleet, run.id) == ["done\n"]


@BROKER.attack(Actor.BROKER, "sends a recorded command again, and to another worker", gets="one execution")
async def recorded_command(fleet: Fleet) -> None:
    ledger = fleet.folder / "ledger"
    run = await fleet.run(f"echo x >> {ledger}")
    recorded = [one for one in fleet.recorder.of("worker.w1") if isinstance(WORKER_COMMANDS.decode(one[1]), Assign)]
    async with AsyncExitStack() as life:
        await fleet.system.add_worker("mallory", key=fleet.mallory, task_types=("none",), stack=life)
        for queue, body, headers in recorded[-2:]:
            await fleet.system.broker.send(queue, body, headers=headers)
            await fleet.system.broker.send("worker.mallory", body, headers=headers)
        await fleet.run()
    assert ledger.read_text() == "x\n"
    assert (await fleet.system.client.get_run(run.id)).attempt == 1


@BROKER.attack(
    Actor.BROKER,
    "gives a worker a command of its own, or changes one byte of a real one",
    gets="nothing: the worker refuses it",
)
async def forged_command(fleet: Fleet) -> None:
    ledger = fleet.folder / "forged"
    await fleet.run(f"echo real >> {ledger}")
    queue, body, headers = next(
        one for one in reversed(fleet.recorder.of("worker.w1")) if str(ledger).encode() in one[1]
    )
    changed = body.replace(b"echo real", b"echo evil")
    (name,) = headers
    for sent, header in ((changed, headers), (changed, {}), (changed, {name: "1 w1 ~ ~ 1 99999999999 ff"})):
        await fleet.system.broker.send(queue, sent, headers=header)
    await fleet.run()
    assert ledger.read_text() == "real\n"


@BROKER.attack(Actor.BROKER, "sends recorded reports again", gets="nothing: each result counts once")
async def recorded_reports(fleet: Fleet) -> None:
    run = await fleet.run('[ "$TASKDECK_ATTEMPT" = 2 ]', retry_count=1, retry_delay_seconds=0)
    attempts = (await fleet.system.http.get(f"/api/runs/{run.id}/attempts")).json()
    for queue, body, headers in fleet.recorder.of("reports")[-10:]:
        await fleet.inject(queue, body, headers)
    await fleet.run()
    assert await fleet.system.client.get_run(run.id) == run
    assert (await fleet.system.http.get(f"/api/runs/{run.id}/attempts")).json() == attempts


@BROKER.attack(
    Actor.BROKER,
    "sends recorded heartbeats again, or one of a worker that is not enrolled",
    gets="nothing: REPEATED, UNKNOWN",
)
async def recorded_heartbeats(fleet: Fleet) -> None:
    recorded = fleet.recorder.of("heartbeats")[0]
    await until_refused(fleet.system, "heartbeats", Refused.REPEATED, lambda: fleet.inject(*recorded))
    stranger = sealed(WorkerKey("stranger", bytes(32)), "heartbeats", recorded[1])
    await until_refused(
        fleet.system, "heartbeats", Refused.UNKNOWN, lambda: fleet.inject("heartbeats", recorded[1], stranger)
    )
    names = {one["id"] for one in (await fleet.system.http.get("/api/workers")).json()["data"]}
    assert "stranger" not in names


@BROKER.attack(Actor.BROKER, "tells the live stream of events that never were", gets="nothing that reaches a console")
async def forged_events(fleet: Fleet) -> None:
    forged = b'[{"type": "run.finished", "at": "2026-01-01T00:00:00Z", "data": {"id": 1, "forged": true}}]'
    async with asyncio.timeout(30):
        async for item in fleet.system.client.stream([StreamTopic.RUNS, StreamTopic.TASKS]):
            if isinstance(item, StreamOpened):
                await fleet.system.broker.publish("run.finished", forged)
                await fleet.system.create(fleet.name("last"), executor="noop", command="")
            elif isinstance(item, StreamEvent):
                assert item.type is EventType.TASK_CREATED, item
                break


@BROKER.attack(
    Actor.BROKER,
    "floods the backend with forged messages in hundreds of names",
    gets="a count: twenty names are stored",
)
async def flood(fleet: Fleet) -> None:
    for number in range(200):
        body = forged_end_of_nobody(f"made-up-{number}")
        await fleet.inject("reports", body, sealed(WorkerKey(f"made-up-{number}", bytes(32)), "reports", body))
    await until_refused(fleet.system, "reports", Refused.UNSEALED, lambda: fleet.inject("reports", b"x"))
    found = (await fleet.system.http.get("/api/system/faults")).json()["data"]
    assert len(found) <= 25
    entries = (await fleet.system.http.get("/api/audit", params={"actor": "broker", "limit": 200})).json()["data"]
    assert len(entries) <= 40
    assert (await fleet.run()).status is RunStatus.SUCCEEDED


@BROKER.attack(
    Actor.BROKER, "declares the queue of a worker before it, to read its commands", gets="a worker that does not start"
)
async def taken_queue(fleet: Fleet) -> None:
    async with await aio_pika.connect(fleet.rabbit_url) as stranger:
        channel = await stranger.channel()
        queue = await channel.declare_queue("worker.taken", auto_delete=True)
        try:
            async with fleet.system.broker.subscribe(worker_queue("taken"), prefetch=1):
                raise AssertionError("the queue was consumed beside a stranger")
        except QueueTakenError:
            pass
        await queue.delete(if_unused=False, if_empty=False)


@BROKER.attack(
    Actor.BROKER,
    "writes a dead letter that an administrator would return to a worker",
    gets="nothing: it stays where it is",
)
async def forged_dead_letter(fleet: Fleet) -> None:
    async with await aio_pika.connect(fleet.rabbit_url) as stranger:
        channel = await stranger.channel()
        forged = aio_pika.Message(b"an order", headers={"x-first-death-queue": "worker.w1"})
        await channel.default_exchange.publish(forged, routing_key=DEAD_LETTERS)
    assert await fleet.system.broker.settle_dead_letters(None, requeue=True) == 0
    assert await fleet.system.broker.settle_dead_letters(None, requeue=False) >= 1


@BROKER.attack(Actor.WORKER, "goes on with a key that was revoked", gets="nothing from that moment on")
async def revoked_key(fleet: Fleet) -> None:
    key = await fleet.system.enroll("leaving")
    run, go = await fleet.waiting_run()
    await fleet.system.client.revoke_worker("leaving")
    body = forged_end(run, "leaving")
    await fleet.expect_refused("reports", Refused.REVOKED, (body, sealed(key, "reports", body)))
    renewed = await fleet.system.enroll("leaving")
    await fleet.expect_refused("reports", Refused.WRONG_SEAL, (body, sealed(key, "reports", body, number=2)))
    assert renewed.secret != key.secret
    go.touch()
    assert (await fleet.system.finished(run.id)).worker_id == "w1"
