"""The heartbeats of many workers from one process: `python -m tests.bench.heartbeat_load BROKER_URL KEYS SECONDS`.

KEYS is a file with a worker's key in each line. What is sent is made, encoded and sealed by the worker's own code.
"""

import asyncio
import sys
import time
from datetime import timedelta
from pathlib import Path

from backend import event_loop
from backend.broker.keys import WorkerKey
from backend.broker.rabbitmq import RabbitBroker
from backend.settings import Settings
from backend.worker.heartbeats import Heartbeats
from backend.worker.held_attempts import HeldAttempts
from backend.worker.outbox import Outbox
from backend.worker.settings import ALL_TASK_TYPES, WorkerSettings
from backend.worker.uptime import Uptime
from shared.models.worker import WorkerRules

SLOTS = 8
CONNECT = timedelta(seconds=30)


def _heartbeats(broker: RabbitBroker, key: WorkerKey, settings: Settings, number: int) -> Heartbeats:
    uptime = Uptime()
    incarnation = f"{round(time.time() * 1000):012x}{number:020x}"
    return Heartbeats(
        Outbox(broker, key=key, worker_id=key.worker_id, incarnation=incarnation, uptime=uptime),
        WorkerSettings(
            worker_id=key.worker_id,
            slots=SLOTS,
            task_types=ALL_TASK_TYPES,
            spool_dir=Path(),
            heartbeat_interval=settings.heartbeat_interval,
            reported_attempt=settings.reported_attempt,
            drain_timeout=settings.drain_timeout,
            kill_grace=settings.kill_grace,
            key=key,
            labels={"zone": f"z{number % 3}"},
        ),
        HeldAttempts(ttl=settings.reported_attempt),
        incarnation=incarnation,
        uptime=uptime,
        running_count=lambda: 0,
        refused_commands=lambda: 0,
        ended_survivors=list,
        rules=WorkerRules(executors=["http", "noop", "shell"], run_as=""),
    )


async def _send(url: str, keys: list[WorkerKey], seconds: float) -> None:
    settings = Settings()
    interval = settings.heartbeat_interval.total_seconds()
    broker = RabbitBroker(url, declares=False)
    await broker.start(timeout=CONNECT)
    workers = [_heartbeats(broker, key, settings, number) for number, key in enumerate(keys)]
    began = time.monotonic()
    print("began", flush=True)
    sent = 0
    while (due := began + sent * interval / len(workers)) < began + seconds:
        late = time.monotonic() - due
        if late > interval:
            raise SystemExit(f"this process is {late:.1f} s late: it cannot send for {len(workers)} workers")
        await asyncio.sleep(max(-late, 0.0))
        await workers[sent % len(workers)].send()
        sent += 1
    await broker.close()


def main() -> None:
    url, file, seconds = sys.argv[1:]
    found = [WorkerKey.parse(line) for line in Path(file).read_text(encoding="ascii").splitlines()]
    event_loop.run(_send(url, [key for key in found if key is not None], float(seconds)))


if __name__ == "__main__":
    main()
