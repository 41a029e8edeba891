"""Users of RabbitMQ with exactly the rights that `taskdeck rabbitmq-users` gives them, on a real node."""

import asyncio
import shlex
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aiormq.exceptions import ChannelAccessRefused

from backend.broker.keys import new_secret_text
from backend.broker.queues import EVENTS_EXCHANGE, REPORT_QUEUE, worker_queue
from backend.broker.rabbitmq import RabbitBroker
from backend.broker.rabbitmq.permissions import BACKEND_USER, backend_commands, worker_commands, worker_user
from shared.enums import RunStatus
from shared.errors import BrokerUnavailableError
from tests.rabbit_node import RabbitNode
from tests.system import open_system

PASSWORD = "a password for tests"
VHOST = "users"
OWN, OTHER = "w.1", "w2"


@pytest.fixture(scope="module")
def users(rabbit_node: RabbitNode) -> Callable[[str], str]:
    """Create a virtual host with the users, by the commands as they are printed; return the URL of a user."""
    rabbit_node.control("add_vhost", VHOST)
    for command in [
        *backend_commands(vhost=VHOST),
        *(one for worker_id in (OWN, OTHER) for one in worker_commands(worker_id, vhost=VHOST)),
    ]:
        program, *arguments = shlex.split(command)
        assert program == "rabbitmqctl"
        rabbit_node.control(*arguments, said=f"{PASSWORD}\n" if arguments[0] == "add_user" else "")
    return lambda user: f"amqp://{user}:{quote(PASSWORD)}@127.0.0.1:{rabbit_node.port}/{VHOST}"


@pytest.fixture
async def backend(users: Callable[[str], str]) -> AsyncIterator[RabbitBroker]:
    opened = RabbitBroker(users(BACKEND_USER))
    await opened.start(timeout=timedelta(seconds=20))
    yield opened
    await opened.close()


async def test_a_system_works_with_these_users(users: Callable[[str], str], database_url: str, tmp_path: Path) -> None:
    async with open_system(database_url, users(BACKEND_USER), tmp_path, signing_key=new_secret_text()) as system:
        await system.add_worker(OWN, key=await system.enroll(OWN), broker_url=users(worker_user(OWN)))
        run = await system.run("hello", command='echo hello; echo 50 half > "$TASKDECK_PROGRESS"')
        assert (run.status, run.stdout_tail, run.worker_id) == (RunStatus.SUCCEEDED, "hello\n", OWN)
        await system.broker.send(REPORT_QUEUE.name, b"refused", durable=True)
        assert (await system.run("again", executor="noop", command="")).status is RunStatus.SUCCEEDED
        assert await system.broker.settle_dead_letters(None, requeue=True) == 0


async def test_messages_go_both_ways(users: Callable[[str], str], backend: RabbitBroker) -> None:
    worker = RabbitBroker(users(worker_user(OWN)), declares=False)
    await worker.start(timeout=timedelta(seconds=20))
    try:
        async with (
            backend.subscribe(REPORT_QUEUE, prefetch=1) as reports,
            worker.subscribe(worker_queue(OWN), prefetch=1) as commands,
        ):
            await worker.send(REPORT_QUEUE.name, b"a report", durable=True)
            [report] = await reports.take(1)
            await report.ack()
            await backend.send(worker_queue(OWN).name, b"a command", must_route=True)
            [command] = await commands.take(1)
            await command.ack()
        assert (report.body, command.body) == (b"a report", b"a command")
    finally:
        await worker.close()


async def test_a_queue_that_was_deleted_is_filled_again_by_a_worker(
    users: Callable[[str], str], backend: RabbitBroker, rabbit_node: RabbitNode
) -> None:
    """The worker declares nothing: the backend that consumes the queue binds it again."""
    worker = RabbitBroker(users(worker_user(OWN)), declares=False)
    await worker.start(timeout=timedelta(seconds=20))
    rabbit_node.control("set_permissions", "-p", VHOST, "guest", ".*", ".*", ".*")
    try:
        async with backend.subscribe(REPORT_QUEUE, prefetch=1) as reports:
            async with await aio_pika.connect(f"amqp://guest:guest@127.0.0.1:{rabbit_node.port}/{VHOST}") as operator:
                await (await operator.channel()).queue_delete(REPORT_QUEUE.name)
            async with asyncio.timeout(30):
                while True:
                    try:
                        await worker.send(REPORT_QUEUE.name, b"a report", durable=True)
                    except BrokerUnavailableError:
                        continue
                    break
                [report] = await reports.take(1)
            await report.ack()
            assert report.body == b"a report"
    finally:
        await worker.close()


async def _consume(channel: AbstractChannel, queue: str) -> None:
    async def ignore(_message: AbstractIncomingMessage) -> None:
        return

    await (await channel.get_queue(queue, ensure=False)).consume(ignore)


async def _publish(channel: AbstractChannel, exchange: str, key: str) -> None:
    target = await channel.get_exchange(exchange, ensure=False) if exchange else channel.default_exchange
    await target.publish(aio_pika.Message(b"forged"), routing_key=key)


async def _bind_own_queue(channel: AbstractChannel) -> None:
    queue = await channel.declare_queue(worker_queue(OWN).name, exclusive=True)
    await queue.bind(EVENTS_EXCHANGE, "#")


ATTACKS: dict[str, Callable[[AbstractChannel], Awaitable[object]]] = {
    "reads the results of others": lambda channel: _consume(channel, "reports"),
    "reads the heartbeats of others": lambda channel: _consume(channel, "heartbeats"),
    "reads the commands to another worker": lambda channel: _consume(channel, worker_queue(OTHER).name),
    "commands another worker": lambda channel: _publish(channel, "", worker_queue(OTHER).name),
    "writes past its exchange": lambda channel: _publish(channel, "", "reports"),
    "tells the live stream something": lambda channel: _publish(channel, EVENTS_EXCHANGE, "run.finished"),
    "writes dead letters": lambda channel: _publish(channel, "dead-letters", ""),
    "listens to events": _bind_own_queue,
    "declares the queue of another worker": lambda channel: channel.declare_queue(worker_queue(OTHER).name),
    "declares a queue whose name only looks like its own": lambda channel: channel.declare_queue("worker.wx1"),
    "declares another queue": lambda channel: channel.declare_queue("mine"),
    "declares an exchange": lambda channel: channel.declare_exchange("mine"),
    "sends what it lets expire elsewhere": lambda channel: channel.declare_queue(
        worker_queue(OWN).name, exclusive=True, arguments={"x-dead-letter-exchange": EVENTS_EXCHANGE}
    ),
    "deletes a queue": lambda channel: channel.queue_delete("reports"),
}


@pytest.mark.parametrize("attack", ATTACKS)
async def test_a_worker_has_no_other_right(users: Callable[[str], str], backend: RabbitBroker, attack: str) -> None:
    connection = await aio_pika.connect(users(worker_user(OWN)))
    async with connection:
        channel = await connection.channel()
        with pytest.raises(ChannelAccessRefused):
            async with asyncio.timeout(10):
                await ATTACKS[attack](channel)


async def test_a_backend_reads_no_queue_of_a_worker(users: Callable[[str], str], backend: RabbitBroker) -> None:
    connection = await aio_pika.connect(users(BACKEND_USER))
    async with connection:
        channel = await connection.channel()
        with pytest.raises(ChannelAccessRefused):
            await channel.declare_queue(worker_queue(OWN).name, exclusive=True)


async def test_a_worker_that_comes_before_the_first_backend_says_what_it_waits_for(rabbit_node: RabbitNode) -> None:
    await asyncio.to_thread(rabbit_node.control, "add_vhost", "empty")
    await asyncio.to_thread(rabbit_node.control, "set_permissions", "-p", "empty", "guest", ".*", ".*", ".*")
    worker = RabbitBroker(f"amqp://guest:guest@127.0.0.1:{rabbit_node.port}/empty", declares=False)
    await worker.start(timeout=timedelta(seconds=20))
    try:
        with pytest.raises(BrokerUnavailableError, match="from-workers"):
            await worker.send(REPORT_QUEUE.name, b"a report", durable=True)
    finally:
        await worker.close()
