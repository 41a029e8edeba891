"""The broker as simulated processes reach it: messages are lost, doubled, delayed and reordered."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from random import Random

from backend.broker.dead_letters import DeadLetter
from backend.broker.in_process import InProcessBroker
from backend.broker.protocol import PUBLISH_BUCKETS, Delivery, Subscription
from backend.broker.queues import QueueSpec
from backend.seconds_histogram import SecondsHistogram
from shared.errors import BrokerUnavailableError
from tests.simulation.process import Process, outside

_WORK_SECONDS = 0.002


class Fate(StrEnum):
    """What happens to a message.

    `refused`: it is lost and the sender gets an error; `unconfirmed`: it arrives and the sender gets an error.
    """

    ARRIVES = "arrives"
    LOST = "lost"
    DOUBLED = "doubled"
    LATE = "late"
    REFUSED = "refused"
    UNCONFIRMED = "unconfirmed"


@dataclass(slots=True, kw_only=True)
class Weather:
    """How bad the network is: the chance of each fate, and the usual latencies in seconds."""

    lost: float = 0.0
    doubled: float = 0.0
    late: float = 0.0
    refused: float = 0.0
    unconfirmed: float = 0.0
    longest_delay: float = 3.0
    broker_latency: float = 0.005
    database_latency: float = 0.002
    database_stall: float = 0.0
    """Chance of a statement that takes up to a second longer."""


class Network:
    """Decides the fate of each message, and carries it to the broker."""

    def __init__(self, random: Random, trace: Callable[[str], None]) -> None:
        self.broker = InProcessBroker()
        self.weather = Weather()
        self.trace = trace
        self.fates = dict.fromkeys(Fate, 0)
        self.consumers: dict[str, int] = {}
        """How many consumers each queue has had: an exclusive queue is another one with each of them."""
        self._random = random

    def fate(self) -> Fate:
        """Draw what happens to the next message."""
        drawn = self._random.random()
        weather = self.weather
        for fate, chance in (
            (Fate.LOST, weather.lost),
            (Fate.DOUBLED, weather.doubled),
            (Fate.LATE, weather.late),
            (Fate.REFUSED, weather.refused),
            (Fate.UNCONFIRMED, weather.unconfirmed),
        ):
            if drawn < chance:
                self.fates[fate] += 1
                return fate
            drawn -= chance
        self.fates[Fate.ARRIVES] += 1
        return Fate.ARRIVES

    def latency(self) -> float:
        """Draw how long a message is on its way."""
        return self._random.expovariate(1 / self.weather.broker_latency)

    def delay(self) -> float:
        """Draw how much later than others a message arrives."""
        return self._random.uniform(0.01, self.weather.longest_delay)

    def work_seconds(self) -> float:
        """Draw how long work takes that is given to a thread."""
        return self._random.expovariate(1 / _WORK_SECONDS)

    def database_latency(self, _process: Process | None) -> float:
        """Draw how long a statement is on its way."""
        if self._random.random() < self.weather.database_stall:
            return self._random.uniform(0.05, 1.0)
        return self._random.expovariate(1 / self.weather.database_latency)


class _Link:
    """One consumer of a process, until its connection is lost."""

    def __init__(self, subscription: Subscription, stack: AsyncExitStack) -> None:
        self._subscription = subscription
        self._stack = stack

    async def take(self, limit: int) -> Sequence[Delivery]:
        """Return one to `limit` messages; raises `BrokerUnavailableError` once the connection was lost."""
        return await self._subscription.take(limit)

    def cut(self) -> None:
        """Return what was not settled to its queue; delete an exclusive queue."""
        # The in-process broker's own subscription has it; other adapters reconnect by themselves.
        getattr(self._subscription, "close")()  # noqa: B009
        asyncio.get_running_loop().create_task(self._stack.aclose(), context=outside())


class BrokerConnection:
    """Implements `MessageQueue` for one process."""

    def __init__(self, network: Network, process: Process) -> None:
        self._network = network
        self._process = process
        self._is_cut = False
        self._links: list[_Link] = []
        self._callbacks: list[Callable[[bool], None]] = []

    @property
    def address(self) -> str:
        return "the simulated broker"

    @property
    def is_connected(self) -> bool:
        return not self._is_cut and not self._process.is_dead

    @property
    def publish_times(self) -> SecondsHistogram:
        return SecondsHistogram(PUBLISH_BUCKETS)

    def on_connection_change(self, callback: Callable[[bool], None]) -> None:
        self._callbacks.append(callback)

    async def start(self, *, timeout: timedelta) -> None:
        """It is started by the simulation."""

    async def close(self) -> None:
        """It is closed by the simulation."""

    async def ping(self) -> timedelta:
        self._require()
        return timedelta()

    def cut(self) -> None:
        """Lose the connection: the broker delivers unsettled messages to others."""
        if self._is_cut:
            return
        self._is_cut = True
        links, self._links = self._links, []
        for link in links:
            link.cut()
        self._report_state()

    def heal(self) -> None:
        """Connect again."""
        if self._is_cut:
            self._is_cut = False
            self._report_state()

    def _report_state(self) -> None:
        if not self._process.is_dead:
            for callback in self._callbacks:
                callback(self.is_connected)

    async def send(
        self,
        queue: str,
        body: bytes,
        *,
        durable: bool = False,
        must_route: bool = False,
        expires: timedelta | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._require()
        network = self._network
        fate = network.fate()
        network.trace(f"{self._process} sends to {queue}: {fate}")
        await asyncio.sleep(network.latency())
        self._require()

        async def arrive(*, must_route: bool) -> None:
            await network.broker.send(
                queue, body, durable=durable, must_route=must_route, expires=expires, headers=headers
            )

        consumer = network.consumers.get(queue)

        def arrive_late() -> None:
            # An exclusive queue is deleted with its consumer, and with it the second copy of a message.
            if fate is Fate.DOUBLED and network.consumers.get(queue) != consumer:
                return
            asyncio.get_running_loop().create_task(arrive(must_route=False), context=outside())

        if fate is Fate.REFUSED:
            raise BrokerUnavailableError("The simulated broker refused the message.")
        if fate in (Fate.LATE, Fate.DOUBLED):
            asyncio.get_running_loop().call_later(network.delay(), arrive_late, context=outside())
        if fate not in (Fate.LOST, Fate.LATE):
            await arrive(must_route=must_route)
        if fate is Fate.UNCONFIRMED:
            raise BrokerUnavailableError("The simulated broker confirmed nothing.")

    async def publish(self, routing_key: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> None:
        self._require()

    async def dead_letter_count(self) -> int:
        return await self._network.broker.dead_letter_count()

    async def dead_letters(self, *, limit: int) -> list[DeadLetter]:
        return await self._network.broker.dead_letters(limit=limit)

    async def settle_dead_letters(self, ids: Collection[str] | None, *, requeue: bool) -> int:
        return await self._network.broker.settle_dead_letters(ids, requeue=requeue)

    @asynccontextmanager
    async def subscribe(self, queue: QueueSpec, *, prefetch: int) -> AsyncIterator[Subscription]:
        self._require()
        await asyncio.sleep(self._network.latency())
        self._require()
        async with AsyncExitStack() as stack:
            link = _Link(
                await stack.enter_async_context(self._network.broker.subscribe(queue, prefetch=prefetch)), stack
            )
            self._links.append(link)
            if queue.exclusive:
                self._network.consumers[queue.name] = self._network.consumers.get(queue.name, 0) + 1
            try:
                yield link
            finally:
                if link in self._links:
                    self._links.remove(link)

    def subscribe_events(self, *patterns: str, limit: int = 10_000) -> AbstractAsyncContextManager[Subscription]:
        raise NotImplementedError("nothing in the simulation reads events")

    def _require(self) -> None:
        if not self.is_connected:
            raise BrokerUnavailableError("The simulated broker is not connected.")
