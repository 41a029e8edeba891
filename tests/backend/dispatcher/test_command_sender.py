"""Commands reach the queues of workers, signed and in time, or the dispatcher learns that they did not."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from backend.broker.in_process import InProcessBroker
from backend.broker.messages import WORKER_COMMANDS, Assign, Assignment, AttemptRef, Cancel
from backend.broker.queues import worker_queue
from backend.broker.signing import SIGNATURE_HEADER, is_signed
from backend.database.connection import Database
from backend.dispatcher.command_sender import CommandSender, Unsent
from backend.dispatcher.strategy_choice import load_strategy
from backend.events.passes import Passes
from backend.faults.reporter import FaultReporter
from backend.settings import Settings
from shared.errors import StartupError

KEY = "a key for tests that is long enough"


@pytest.fixture
async def broker() -> AsyncIterator[InProcessBroker]:
    opened = InProcessBroker()
    await opened.start(timeout=timedelta(seconds=1))
    yield opened
    await opened.close()


@pytest.fixture
def sender(broker: InProcessBroker) -> CommandSender:
    faults = FaultReporter(
        Database("postgresql+asyncpg://127.0.0.1:1/none", pool_size=1, application_name="tests"), Passes()
    )
    return CommandSender(broker, Settings(signing_key=KEY, assignment_expiry_seconds=10), faults)


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


async def test_assignments_arrive_signed_and_those_of_a_worker_without_a_queue_are_returned(
    broker: InProcessBroker, sender: CommandSender
) -> None:
    here, elsewhere = assignment(1), assignment(2)
    async with broker.subscribe(worker_queue("here"), prefetch=10) as subscription:
        unsent = await sender.assign({"here": [here], "elsewhere": [elsewhere]}, claimed_at=now())
        [delivery] = await subscription.take(10)
    assert unsent == Unsent(without_queue=[elsewhere])
    assert WORKER_COMMANDS.decode(delivery.body) == Assign([here])
    assert is_signed(delivery.body, delivery.headers.get(SIGNATURE_HEADER), worker_id="here", key=KEY)


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
