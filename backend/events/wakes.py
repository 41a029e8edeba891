"""What wakes the loops of the leading replica: a call within its process, a NOTIFY from other replicas."""

import asyncio
import contextlib
from collections.abc import Iterable, Set
from dataclasses import dataclass
from enum import StrEnum

from pydantic import TypeAdapter, ValidationError

MOST_TASKS_NAMED = 500
"""The payload of a NOTIFY holds at most 8,000 bytes. A wake about more tasks than this concerns all tasks."""


class WakeReason(StrEnum):
    """What changed. A loop names the reasons that concern it and reads the rest from the database."""

    RUNS_READY = "runs_ready"
    """Runs can be assigned, or slots became free."""
    WORKERS_CHANGED = "workers_changed"
    """A worker came or left, or its status changed."""
    SCHEDULES_CHANGED = "schedules_changed"
    """The next occurrence of a task may have changed."""
    CANCEL_REQUESTED = "cancel_requested"
    """The cancellation of a started run was requested."""
    FAN_OUT_READY = "fan_out_ready"
    """A parent run can be expanded, or can be finished."""
    TASKS_CHANGED = "tasks_changed"
    """The tasks that the wake names changed, or their runs did: held runs and dependent tasks may start."""
    ALL_TASKS_CHANGED = "all_tasks_changed"
    """The same for every task."""
    ALERT_RAISED = "alert_raised"
    """An alert can be delivered."""


@dataclass(frozen=True, slots=True)
class Wake:
    """Reasons to run a pass; false if there are none. `task_ids` belong to `TASKS_CHANGED`."""

    reasons: frozenset[WakeReason] = frozenset()
    task_ids: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.reasons)

    def has(self, *reasons: WakeReason) -> bool:
        """Return whether one of the reasons is among those of this wake."""
        return not self.reasons.isdisjoint(reasons)


EVERYTHING = Wake(frozenset(WakeReason) - {WakeReason.TASKS_CHANGED})

_WAKES = TypeAdapter(Wake)


def encode_wake(wake: Wake) -> str:
    """Return the payload of a notification."""
    return _WAKES.dump_json(wake).decode()


def decode_wake(payload: str) -> Wake:
    """Return the wake of a notification; one that cannot be read means that everything may have changed."""
    try:
        return _WAKES.validate_json(payload)
    except ValidationError:
        return EVERYTHING


class WakeReceiver:
    """Merges the wakes that concern one loop until the loop waits for them."""

    def __init__(self, wakes_on: Iterable[WakeReason]) -> None:
        self.wakes_on = frozenset(wakes_on)
        self.only_tasks: Set[int] | None = None
        """Restricts `TASKS_CHANGED` to these tasks."""
        self._reasons: set[WakeReason] = set()
        self._task_ids: set[int] = set()
        self._is_woken = asyncio.Event()

    def add(self, wake: Wake) -> None:
        """Wake the loop if one of the reasons concerns it; never blocks."""
        reasons = wake.reasons & self.wakes_on
        if WakeReason.TASKS_CHANGED in reasons:
            task_ids = wake.task_ids if self.only_tasks is None else wake.task_ids & self.only_tasks
            self._task_ids |= task_ids
            if not task_ids:
                reasons -= {WakeReason.TASKS_CHANGED}
        if not reasons:
            return
        self._reasons |= reasons
        if len(self._task_ids) > MOST_TASKS_NAMED:
            self._reasons.add(WakeReason.ALL_TASKS_CHANGED)
        if WakeReason.ALL_TASKS_CHANGED in self._reasons:
            self._reasons.discard(WakeReason.TASKS_CHANGED)
            self._task_ids.clear()
        self._is_woken.set()

    async def wait(self, *, timeout_seconds: float | None = None) -> Wake:
        """Return what was added since the last call; an empty wake after `timeout_seconds` without one."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                await self._is_woken.wait()
        self._is_woken.clear()
        wake = Wake(frozenset(self._reasons), frozenset(self._task_ids))
        self._reasons.clear()
        self._task_ids.clear()
        return wake


class Signals:
    """Routes wakes to the loops of this process while it leads, and to the leading replica otherwise."""

    def __init__(self) -> None:
        self.is_leader = False
        self.for_leader = WakeReceiver(WakeReason)
        """What the notifier sends to the other replicas."""
        self._subscribed: list[WakeReceiver] = []
        self._loops: tuple[WakeReceiver, ...] = ()

    def subscribe(self, *wakes_on: WakeReason) -> WakeReceiver:
        """Return the receiver of a service that lives as long as the process; it is woken while this replica leads."""
        receiver = WakeReceiver(wakes_on)
        self._subscribed.append(receiver)
        return receiver

    def lead(self, loops: Iterable[WakeReceiver]) -> None:
        """Route wakes to these receivers from now on; each is woken once, because anything may have changed."""
        self._loops = tuple(loops)
        self.is_leader = True
        self.route(EVERYTHING)

    def replace(self, old: WakeReceiver, new: WakeReceiver) -> None:
        """Route the wakes of a loop that failed to the one that replaces it, which is woken for everything."""
        self._loops = tuple(new if one is old else one for one in self._loops)
        new.add(EVERYTHING)

    def stand_by(self) -> None:
        """Route wakes to the leading replica from now on."""
        self.is_leader = False
        self._loops = ()

    def wake(self, *reasons: WakeReason, task_ids: Iterable[int] = ()) -> None:
        """Wake the loops that these reasons concern; call it after the commit.

        `task_ids` name the tasks whose held runs or dependents may start.
        """
        tasks = frozenset(task_ids)
        self.route(Wake(frozenset(reasons) | {WakeReason.TASKS_CHANGED} if tasks else frozenset(reasons), tasks))

    def route(self, wake: Wake) -> None:
        """Give each receiver the part of a wake that concerns it."""
        if not self.is_leader:
            self.for_leader.add(wake)
            return
        for receiver in (*self._loops, *self._subscribed):
            receiver.add(wake)
