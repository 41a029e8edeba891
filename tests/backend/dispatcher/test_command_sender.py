"""Commands reach the queues of workers, sealed and in time, or the dispatcher learns that they did not."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from backend.broker.in_process import InProcessBroker
from backend.broker.keys import RootKey, WorkerKey
from backend.broker.messages import WORKER_COMMANDS, Assign, Assignment, AttemptRef, Cancel, Heartbeat, WorkerState
from backend.broker.queues import worker_queue
from backend.broker.signing import SEAL_HEADER, is_sealed, read_stamp
from backend.context import ServiceContext
from backend.dispatcher.command_seals import CommandSeals
from backend.dispatcher.command_sender import CommandSender, Unsent
from backend.dispatcher.strategy_choice import load_strategy
from backend.settings import Settings
from backend.workers.heartbeats import HeartbeatIntake
from backend.workers.keys import WorkerKeys, store_key
from shared.errors import StartupError

ROOT = RootKey(b"a secret for tests that is long enough")


@pytest.fixture
async def broker() -> AsyncIterator[InProcessBroker]:
    opened = InProcessBroker()
    await opened.start(timeout=timedelta(seconds=1))
    yield opened
    await opened.close()


@pytest.fixture
def sender(broker: InProcessBroker, context: ServiceContext) -> CommandSender:
    return CommandSender(broker, Settings(assignment_expiry_seconds=10), context.faults)


def assignment(run_id: int) -> Assignment:
    return Assignment(
        run_id=run_id,
        attempt=1,
        task_id=1,
        task_name="task",
        executor="noop",
        command="",
        arguments=[],
        environment={},
        working_directory=None,
        timeout_seconds=60,
        scheduled_for=None,
    )


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_assignments_arrive_and_those_of_a_worker_without_a_queue_are_returned(
    broker: InProcessBroker, sender: CommandSender
) -> None:
    here, elsewhere = assignment(1), assignment(2)
    async with broker.subscribe(worker_queue("here"), prefetch=10) as subscription:
        unsent = await sender.assign({"here": [here], "elsewhere": [elsewhere]}, claimed_at=now())
        [delivery] = await subscription.take(10)
    assert unsent == Unsent(without_queue=[elsewhere])
    assert WORKER_COMMANDS.decode(delivery.body) == Assign([here])
    assert SEAL_HEADER not in delivery.headers


async def test_a_command_is_sealed_for_one_process_of_its_worker_and_numbered(
    broker: InProcessBroker, context: ServiceContext
) -> None:
    key = await known_worker(context, "here", incarnation="life")
    keys = WorkerKeys(ROOT, context.database)
    await keys.load()
    seals = CommandSeals(keys, context.database, lifetime=timedelta(seconds=10))
    sender = CommandSender(broker, Settings(assignment_expiry_seconds=10), context.faults, seals=seals)
    async with broker.subscribe(worker_queue("here"), prefetch=10) as subscription:
        assert not (await sender.assign({"here": [assignment(1)]}, claimed_at=now())).without_queue
        await sender.cancel("here", [AttemptRef(1, 1)])
        deliveries = await subscription.take(10)
    stamps = []
    for delivery in deliveries:
        header = delivery.headers[SEAL_HEADER]
        assert is_sealed(header, delivery.body, purpose="worker.here", key=key.secret)
        assert not is_sealed(header, delivery.body, purpose="worker.there", key=key.secret)
        stamp = read_stamp(header)
        assert stamp is not None
        stamps.append((stamp.party, stamp.incarnation, stamp.number))
    assert stamps == [("here", "life", 1), ("here", "life", 2)]


async def test_a_worker_without_a_key_gets_no_command(broker: InProcessBroker, context: ServiceContext) -> None:
    seals = CommandSeals(WorkerKeys(ROOT, context.database), context.database, lifetime=timedelta(seconds=10))
    sender = CommandSender(broker, Settings(assignment_expiry_seconds=10), context.faults, seals=seals)
    async with broker.subscribe(worker_queue("here"), prefetch=10):
        unsent = await sender.assign({"here": [assignment(1)]}, claimed_at=now())
    assert unsent == Unsent(without_queue=[assignment(1)])


async def known_worker(context: ServiceContext, worker_id: str, *, incarnation: str) -> WorkerKey:
    """Enroll a worker that has sent a heartbeat; return its key."""
    beat = Heartbeat(
        worker_id=worker_id, incarnation=incarnation, sequence=1, state=WorkerState.ONLINE, hostname="h",
        version="1", task_types=["*"], labels={}, slots=1, held=[], active_count=0,
    )  # fmt: skip
    async with context.database.transaction() as connection:
        key, _ = await store_key(connection, ROOT, worker_id, by="tests")
    await HeartbeatIntake(context).handle([beat])
    return key


async def test_assignments_that_were_claimed_too_long_ago_are_not_sent(
    broker: InProcessBroker, sender: CommandSender
) -> None:
    async with broker.subscribe(worker_queue("here"), prefetch=10) as subscription:
        late = assignment(1)
        assert await sender.assign({"here": [late]}, claimed_at=now() - 5) == Unsent(too_late=[late])
        await sender.cancel("here", [AttemptRef(1, 1)])
        [delivery] = await subscription.take(10)
    assert WORKER_COMMANDS.decode(delivery.body) == Cancel([AttemptRef(1, 1)])


async def test_a_broker_that_is_closed_accepts_nothing(broker: InProcessBroker, sender: CommandSender) -> None:
    assert await sender.accepts_messages()
    await broker.close()
    assert not sender.can_send


def test_an_unknown_strategy_is_named_with_those_that_exist() -> None:
    with pytest.raises(StartupError, match=r"'fastest' does not exist. Use one of: least_loaded, priority"):
        load_strategy(Settings(strategy="fastest"))
