"""The table of attacks: who tries what, and what it gets. Each row performs itself against a running system."""

import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Actor(StrEnum):
    """Who attacks: the actors of SECURITY.md."""

    STRANGER = "stranger"
    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"
    WORKER = "worker"
    COMMAND = "command"
    BROKER = "broker"
    NETWORK = "network"
    LOCAL_USER = "other local user"


class NotPossibleHereError(Exception):
    """This machine cannot show the attack; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Attack(Generic[T]):
    """A row. `perform` attacks a target, and raises `AssertionError` if the attacker gets more than `gets`."""

    actor: Actor
    tries: str
    gets: str
    perform: Callable[[T], Awaitable[None]]


class Attacks(Generic[T]):
    """The attacks on one kind of target, in the order of their module."""

    def __init__(self) -> None:
        self._attacks: list[Attack[T]] = []

    def __iter__(self) -> Iterator[Attack[T]]:
        return iter(self._attacks)

    def attack(
        self, actor: Actor, tries: str, *, gets: str
    ) -> Callable[[Callable[[T], Awaitable[None]]], Callable[[T], Awaitable[None]]]:
        """Return a decorator that adds a coroutine as an attack."""

        def add(perform: Callable[[T], Awaitable[None]]) -> Callable[[T], Awaitable[None]]:
            self._attacks.append(Attack(actor, tries, gets, perform))
            return perform

        return add


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attack ended: `failure` is empty where the attacker got what the table says."""

    actor: Actor
    tries: str
    gets: str
    seconds: float
    failure: str = ""


async def performed(attack: Attack[T], target: T) -> Outcome:
    """Perform an attack and return its outcome."""
    began = time.monotonic()
    failure = ""
    try:
        await attack.perform(target)
    except NotPossibleHereError as error:
        failure = f"NOT TRIED: {error}"
    except Exception as error:  # noqa: BLE001 - one attack that succeeds must not hide the others
        failure = f"{type(error).__name__}: {error}"
    return Outcome(attack.actor, attack.tries, attack.gets, time.monotonic() - began, failure)


def render(outcomes: Sequence[Outcome]) -> str:
    """Return the table as text."""
    widths = [max(len(row[column]) for row in _cells(outcomes)) for column in range(3)]
    lines = [
        " | ".join(cell.ljust(width) for cell, width in zip(row, (*widths, 7), strict=True)).rstrip()
        for row in _cells(outcomes)
    ]
    lines.insert(1, "-" * len(lines[0]))
    failures = [f"{one.tries}:\n    {one.failure}" for one in outcomes if one.failure]
    held = len(outcomes) - len(failures)
    return "\n".join([*lines, *failures, f"{held} of {len(outcomes)} attacks got what the table says"])


def _cells(outcomes: Sequence[Outcome]) -> list[tuple[str, str, str, str]]:
    rows = [
        (
            one.actor.value,
            one.tries,
            "more, or not tried: see below" if one.failure else one.gets,
            f"{one.seconds:7.2f}",
        )
        for one in outcomes
    ]
    return [("actor", "attack", "what it got", "seconds"), *rows]
