"""What a seed draws: tasks, what users do, the weather of the network, and faults."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any

from shared.enums import MisfirePolicy, OnWorkerLost, OverlapPolicy
from tests.simulation.executor import NAME, Behaviour
from tests.simulation.network import Weather

TROUBLE_SECONDS = 16.0
"""How long faults and users act; then everything is healed."""
GROUP = "shared"


class Fault(StrEnum):
    """What goes wrong with one part, or with a server."""

    KILL = "kill"
    STOP = "stop"
    CRASH_BEFORE = "crash before a statement"
    CRASH_AFTER = "crash after a statement"
    CUT_BROKER = "cut from the broker"
    CUT_DATABASE = "cut from the database"
    RESTART_DATABASE = "restart of the database"
    RESTART_BROKER = "restart of the broker's connections"
    CLOCK = "clock set"
    POISON = "poison"
    FORGE = "forged reports"


class UserAction(StrEnum):
    """What a user does."""

    TRIGGER = "trigger"
    CANCEL = "cancel"
    RETRY = "retry"
    PAUSE = "pause"
    """And resume after some seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPlan:
    """A task; `every` are the seconds between its occurrences."""

    name: str
    fields: Mapping[str, Any]
    every: int | None = None
    upstream: int | None = None

    @property
    def is_at_most_once(self) -> bool:
        return self.fields["on_worker_lost"] is OnWorkerLost.FAIL and not self.fields["retry_count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that happens `at` a time in seconds; `part`, `seconds` and `chance` say to whom, how long and how."""

    at: float
    what: Fault | UserAction
    part: int = 0
    seconds: float = 0.0
    chance: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that a seed decides before the simulation begins."""

    seed: int
    replicas: int
    workers: int
    slots: int
    group_limit: int
    tasks: tuple[TaskPlan, ...]
    weather: Weather
    steps: tuple[Step, ...]


def draw(seed: int) -> Plan:
    """Return the plan of a seed."""
    chance = Random(seed)
    tasks = tuple(_task(number, chance) for number in range(chance.randint(2, 5)))
    faults = [_fault(chance) for _ in range(chance.choice((0, 1, 2, 3, 4, 6)))]
    users = [_user(chance) for _ in range(chance.randint(6, 16))]
    return Plan(
        seed=seed,
        replicas=chance.choice((1, 2, 2, 3)),
        workers=chance.choice((1, 2, 2, 3)),
        slots=chance.choice((1, 2, 4)),
        group_limit=chance.choice((1, 2, 3)),
        tasks=tasks,
        weather=_weather(chance),
        steps=tuple(sorted([*faults, *users], key=lambda step: step.at)),
    )


def _task(number: int, chance: Random) -> TaskPlan:
    behaviour = Behaviour(
        longest=chance.choice((0.05, 0.5, 2.0, 4.0)),
        fails=chance.choice((0.0, 0.0, 0.3)),
        hangs=chance.choice((0.0, 0.0, 0.1)),
        raises=chance.choice((0.0, 0.0, 0.1)),
        poisons=chance.choice((0.0, 0.0, 0.1)),
    )
    every = chance.choice((None, None, 5, 7, 12))
    upstream = chance.randrange(number) if number and every is None and chance.random() < 0.4 else None
    fields: dict[str, Any] = {
        "name": f"task {number}",
        "executor": NAME,
        "command": behaviour.text(),
        "timeout_seconds": chance.choice((2, 5, 3600)) if not behaviour.hangs else 3,
        "retry_count": chance.choice((0, 0, 1, 3)),
        "retry_delay_seconds": chance.choice((0, 1, 3)),
        "on_worker_lost": chance.choice((OnWorkerLost.RETRY, OnWorkerLost.RETRY, OnWorkerLost.FAIL)),
        "max_concurrency": chance.choice((None, None, 1, 2)),
        "concurrency_group": chance.choice((None, None, GROUP)),
        "overlap_policy": chance.choice((OverlapPolicy.ALLOW, OverlapPolicy.QUEUE_ALL, OverlapPolicy.QUEUE)),
        "misfire_policy": chance.choice(
            (MisfirePolicy.FIRE_ALL, MisfirePolicy.FIRE_ALL, MisfirePolicy.FIRE_ONCE, MisfirePolicy.SKIP)
        ),
    }
    if every is not None:
        fields["schedule"] = f"every {every}s"
    return TaskPlan(name=f"task {number}", fields=fields, every=every, upstream=upstream)


def _fault(chance: Random) -> Step:
    return Step(
        at=chance.uniform(0.5, TROUBLE_SECONDS),
        what=chance.choice(list(Fault)),
        part=chance.randrange(100),
        seconds=chance.choice((chance.uniform(0.2, 2.0), chance.uniform(2.0, 12.0))),
        chance=chance.random(),
    )


def _user(chance: Random) -> Step:
    (what,) = chance.choices(list(UserAction), weights=(70, 14, 10, 6))
    return Step(
        at=chance.uniform(0.0, TROUBLE_SECONDS),
        what=what,
        part=chance.randrange(100),
        seconds=chance.uniform(0.2, 4.0),
        chance=chance.random(),
    )


def _weather(chance: Random) -> Weather:
    bad = chance.choice((0.0, 0.01, 0.03, 0.1))
    return Weather(
        lost=chance.random() * bad,
        doubled=chance.random() * bad,
        late=chance.random() * bad,
        refused=chance.random() * bad,
        unconfirmed=chance.random() * bad,
        longest_delay=chance.choice((0.5, 3.0, 8.0)),
        broker_latency=chance.choice((0.001, 0.01, 0.05)),
        database_latency=chance.choice((0.0005, 0.002, 0.01)),
        database_stall=chance.choice((0.0, 0.0, 0.002, 0.01)),
    )
