"""What wakes the dispatcher: an event within a process, a NOTIFY between replicas."""

import asyncio
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import TypeAdapter, ValidationError

MOST_TASKS_NAMED = 500
"""A notification holds at most 8,000 bytes; beyond this many tasks it says to look at all of them."""


@dataclass(slots=True, kw_only=True)
class Wake:
    """What has changed since the dispatcher last looked; it reads the rest from the database.

    `task_ids` are tasks whose held runs may go now.
    """

    runs: bool = False
    schedule: bool = False
    cancels: bool = False
    workers: bool = False
    groups: bool = False
    all_tasks: bool = False
    task_ids: set[int] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(
            self.runs or self.schedule or self.cancels or self.workers or self.groups or self.all_tasks or self.task_ids
        )

    def merge(self, other: "Wake") -> None:
        """Add what `other` says."""
        self.runs |= other.runs
        self.schedule |= other.schedule
        self.cancels |= other.cancels
        self.workers |= other.workers
        self.groups |= other.groups
        self.all_tasks |= other.all_tasks
        self.task_ids |= other.task_ids
        if len(self.task_ids) > MOST_TASKS_NAMED:
            self.all_tasks = True
            self.task_ids.clear()


_WAKES = TypeAdapter(Wake)


def encode_wake(wake: Wake) -> str:
    """Return the payload of a notification."""
    return _WAKES.dump_json(wake, exclude_defaults=True).decode()


def decode_wake(payload: str) -> Wake:
    """Return what a notification says; one that cannot be read says: look at everything."""
    try:
        return _WAKES.validate_json(payload)
    except ValidationError:
        return everything()


def everything() -> Wake:
    """Return the wake that leaves nothing out."""
    return Wake(runs=True, schedule=True, cancels=True, workers=True, groups=True, all_tasks=True)


class WakeBox:
    """Collects wakes until somebody takes them; what comes meanwhile is merged."""

    def __init__(self) -> None:
        self._pending = Wake()
        self._event = asyncio.Event()

    def put(self, wake: Wake) -> None:
        """Add a wake; never blocks."""
        self._pending.merge(wake)
        self._event.set()

    async def take(self, *, timeout_seconds: float | None = None) -> Wake:
        """Return all that was put since the last call; an empty wake when `timeout_seconds` pass."""
        await told(self._event, timeout_seconds=timeout_seconds)
        taken, self._pending = self._pending, Wake()
        return taken


async def told(event: asyncio.Event, *, timeout_seconds: float | None) -> None:
    """Return when an event is set, or when `timeout_seconds` have passed; the event is cleared."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(timeout_seconds):
            await event.wait()
    event.clear()


class Signals:
    """Where services say what changed: to this process's dispatcher, and to the other replicas.

    On the leader `outcomes` is set when a run may have ended, `alerts` when there is one to deliver.
    """

    def __init__(self) -> None:
        self.local = WakeBox()
        self.remote = WakeBox()
        self.outcomes = asyncio.Event()
        self.alerts = asyncio.Event()
        self.is_leader = False

    def wake(
        self,
        *,
        runs: bool = False,
        schedule: bool = False,
        cancels: bool = False,
        workers: bool = False,
        groups: bool = False,
        all_tasks: bool = False,
        task_ids: Iterable[int] = (),
    ) -> None:
        """Say what changed, after the commit that changed it."""
        wake = Wake(
            runs=runs,
            schedule=schedule,
            cancels=cancels,
            workers=workers,
            groups=groups,
            all_tasks=all_tasks,
            task_ids=set(task_ids),
        )
        if self.is_leader:
            self.local.put(wake)
        else:
            self.remote.put(wake)
