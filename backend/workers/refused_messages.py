"""Messages that were refused: counted, and shown as faults and in the audit log, of which a flood fills neither."""

import asyncio
from collections import Counter
from dataclasses import dataclass

import structlog

from backend import audit
from backend.broker.gate import Refused
from backend.broker.keys import is_worker_id
from backend.context import Actor, ServiceContext
from backend.faults.model import NewFault
from backend.faults.store import store_faults
from backend.metric_kinds import CountKind
from shared.enums import FaultKind
from shared.errors import DatabaseUnavailableError

ACTOR = Actor(None, "broker")
MOST_NAMES = 20
"""Different workers that are named within an hour. Anybody may make names up, so the others are counted together."""
OTHERS = "others"
UNNAMED = "unnamed"
_HARMLESS = 3
"""So many messages of an earlier start, or that came twice, are no fault: a broker that was restarted does that."""
_PAUSE_SECONDS = 1.0
_FORGET_SECONDS = 3600.0
"""How often the same refusal is written to the audit log, and how long its worker is one of those that are named."""

_SELDOM = frozenset({Refused.STALE, Refused.REPEATED})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class RefusalsStored:
    """One write: of how many workers, and how many entries of the audit log."""

    workers: int
    audited: int


def next_step(worker_id: str, reason: Refused) -> str:
    """Return what an operator does about the messages in a worker's name."""
    match reason:
        case Refused.UNEXPECTED:
            return "Set the same TASKDECK_SIGNING_KEY_FILE for all backends, then restart those that had none."
        case Refused.REVOKED:
            return (
                f"It still runs with a key that is worth nothing: stop it, or enroll it again (taskdeck worker enroll "
                f"{worker_id}). If it is none of yours, change the password of its user on RabbitMQ."
            )
        case Refused.UNKNOWN | Refused.STALE:
            return (
                f"Enroll it: taskdeck worker enroll {worker_id}. If it is none of yours, find out who has access to "
                "the broker."
            )
        case _:
            return (
                f"If the worker does not work, enroll it (taskdeck worker enroll {worker_id}) and give it the key. If "
                "it works, somebody else sends in its name: give each worker a user of its own on RabbitMQ."
            )


class RefusedMessages:
    """Counts what one replica refused, and stores it as a service."""

    def __init__(self, context: ServiceContext) -> None:
        self.counts: Counter[tuple[str, Refused]] = Counter()
        """Since the start, by queue and reason."""
        self._context = context
        self._waiting: Counter[tuple[str, Refused]] = Counter()
        self._not_audited: Counter[tuple[str, Refused]] = Counter()
        self._named: dict[str, float] = {}
        self._audited: dict[tuple[str, Refused], float] = {}
        self._ready = asyncio.Event()

    def note(self, queue: str, reason: Refused, worker_id: str | None) -> None:
        """Count a message; never blocks."""
        self.counts[queue, reason] += 1
        self._context.counts.note(CountKind.REFUSED_MESSAGES, f"{queue} {reason.name.lower()}")
        self._waiting[self._name(worker_id), reason] += 1
        self._ready.set()

    async def run(self) -> None:
        """Store until cancelled."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            try:
                self._context.passes.record(await self._store())
            except DatabaseUnavailableError as error:
                log.warning("refusals wait for the database", cause=error.detail)
                self._ready.set()
            await asyncio.sleep(_PAUSE_SECONDS)

    def _name(self, worker_id: str | None) -> str:
        """Return under which name a refusal is stored."""
        if worker_id is None or not is_worker_id(worker_id):
            return UNNAMED
        name = worker_id
        now = asyncio.get_running_loop().time()
        if name not in self._named and len(self._named) >= MOST_NAMES:
            self._named = {one: at for one, at in self._named.items() if now - at < _FORGET_SECONDS}
            if len(self._named) >= MOST_NAMES:
                return OTHERS
        self._named.setdefault(name, now)
        return name

    async def _store(self) -> RefusalsStored:
        now = asyncio.get_running_loop().time()
        waiting = Counter(self._waiting)
        due = {
            key: self._not_audited[key] + count
            for key, count in waiting.items()
            if now - self._audited.get(key, -_FORGET_SECONDS) >= _FORGET_SECONDS
        }
        async with self._context.database.transaction() as connection:
            faults = {
                name: (_fault(name, reason), count)
                for (name, reason), count in waiting.items()
                if reason not in _SELDOM or count > _HARMLESS
            }
            await store_faults(
                connection, [fault for fault, _ in faults.values()], counts=[count for _, count in faults.values()]
            )
            for (name, reason), count in due.items():
                await audit.record(
                    connection,
                    actor=ACTOR,
                    action="worker.messages_refused",
                    object_type="worker",
                    object_id=name,
                    detail={"reason": reason.name.lower(), "count": count},
                )
        self._waiting.subtract(waiting)
        self._waiting = +self._waiting
        self._not_audited.update({key: count for key, count in waiting.items() if key not in due})
        for key in due:
            self._audited[key] = now
            del self._not_audited[key]
        self._audited = {key: at for key, at in self._audited.items() if now - at < _FORGET_SECONDS}
        return RefusalsStored(len(faults), len(due))


def _fault(name: str, reason: Refused) -> NewFault:
    if name in (UNNAMED, OTHERS):
        return NewFault(
            kind=FaultKind.REFUSED,
            object_type="broker",
            object_id=f"messages of workers ({name})",
            cause=f"messages are refused: {reason}",
            next_step="Give each worker its key (taskdeck worker enroll ID), and find out who else has access to the "
            "broker.",
        )
    return NewFault(
        kind=FaultKind.REFUSED,
        object_type="worker",
        object_id=name,
        cause=f"messages in its name are refused: {reason}",
        next_step=next_step(name, reason),
    )


def commands_refused(worker_id: str, *, hostname: str, count: int) -> NewFault:
    """Return the fault of a worker that was sent commands without a valid seal."""
    return NewFault(
        kind=FaultKind.REFUSED,
        object_type="worker",
        object_id=worker_id,
        cause=f"it refused {count} commands, which no backend sealed for it or which came too late",
        next_step=f"Read the log of the worker on {hostname}. If its key is right, find out who has access to the "
        "broker.",
    )
