"""How the parts of the backend are: asked once for side bar, overview, title and tray, which therefore agree."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import QObject, QTimer, Signal

from console.background import BackgroundJobs
from console.connection.backend_connection import BackendConnection
from console.connection.refresher import Refresher
from console.theme.glyphs import Glyph
from console.words import duration, number, span, tr
from shared.models.system import Check, DispatcherInfo, Readiness, SystemInfo, SystemStats

_EVERY_MS = 10_000
_REST_MS = 1500
SLOW_MS = 250.0
"""A slower database or broker is marked, in milliseconds; the dispatcher uses it many times a second."""


@dataclass(frozen=True, slots=True)
class Vital:
    """One part: its name, its state as a glyph, its details, and the words of a link to the faults.

    `brief` is what the side bar shows where the words do not fit there.
    """

    name: str
    glyph: Glyph
    words: str
    detail: str = ""
    faults: str = ""
    brief: str = ""


def vital_names() -> tuple[str, str, str, str]:
    """Return the names of the parts, in the order of `vitals`."""
    return tr("Dispatcher"), tr("Workers"), tr("Broker"), tr("Database")


def vitals(
    readiness: Readiness, dispatcher: DispatcherInfo, info: SystemInfo, stats: SystemStats, now: datetime
) -> list[Vital]:
    """Return dispatcher, workers, broker and database, in this order."""
    dispatcher_name, workers_name, broker_name, database_name = vital_names()
    checks = {check.name: check for check in readiness.checks}
    broker = checks.get("message_queue") or checks.get("broker")
    return [
        _dispatcher(dispatcher_name, dispatcher, now, faults=stats.faults),
        _workers(workers_name, stats),
        _check(broker_name, broker, in_process=not info.broker.startswith("amqp")),
        _check(database_name, checks.get("database"), version=info.database_version),
    ]


def _dispatcher(name: str, dispatcher: DispatcherInfo, now: datetime, *, faults: int) -> Vital:
    if not dispatcher.active:
        return Vital(name, Glyph.CROSS, tr("none"), tr("No replica is dispatching. No run starts until one does."))
    words = dispatcher.hostname or dispatcher.replica_id or ""
    if dispatcher.since is not None:
        words += " · " + span((now - dispatcher.since).total_seconds())
    if faults:
        found = tr("1 fault") if faults == 1 else tr("%1 faults", number(faults))
        return Vital(name, Glyph.TRIANGLE, words, tr("Something was set aside or restarted."), faults=found)
    return Vital(name, Glyph.TICK, words, tr("The replica that dispatches, and since when"))


def _workers(name: str, stats: SystemStats) -> Vital:
    parts = [tr("%1 online", number(stats.workers_online))]
    if stats.workers_draining:
        parts.append(tr("%1 draining", number(stats.workers_draining)))
    if stats.workers_lost:
        parts.append(tr("%1 lost", number(stats.workers_lost)))
    glyph = Glyph.TICK
    if stats.workers_online == 0:
        glyph = Glyph.CROSS
    elif stats.workers_lost:
        glyph = Glyph.TRIANGLE
    return Vital(name, glyph, " · ".join(parts))


def _check(name: str, check: Check | None, *, in_process: bool = False, version: str = "") -> Vital:
    if check is None:
        return Vital(name, Glyph.RING, tr("unknown"))
    if not check.ok:
        return Vital(name, Glyph.CROSS, tr("not responding"), check.detail or "")
    if in_process:
        return Vital(name, Glyph.TICK, tr("built in"))
    latency = check.latency_ms or 0.0
    glyph = Glyph.TRIANGLE if latency > SLOW_MS else Glyph.TICK
    return Vital(name, glyph, duration(round(latency)), version)


class Health(QObject):
    """`vitals` are those of the last check, at `checked_at`; `changed` follows each check and each loss of the backend.

    While the backend cannot be reached nothing is known: each part has a ring, and says of when its state is.
    """

    changed = Signal()

    def __init__(
        self, connection: BackendConnection, background: BackgroundJobs, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._connection = connection
        self._known: Sequence[Vital] = ()
        self.checked_at: datetime | None = None
        self._refresher = Refresher(background, self._load, name="health", rest_ms=_REST_MS, parent=self)
        connection.resynced.connect(self._refresher.request)
        connection.state_changed.connect(self.changed)
        timer = QTimer(self)
        timer.setInterval(_EVERY_MS)
        timer.timeout.connect(self._tick)
        timer.start()

    def request(self) -> None:
        """Check soon."""
        self._refresher.request()

    @property
    def vitals(self) -> list[Vital]:
        """Dispatcher, workers, broker and database, in this order; empty before the first check."""
        if self._connection.is_online or self.checked_at is None:
            return list(self._known)
        words = tr("unknown since %1", f"{self.checked_at.astimezone():%H:%M:%S}")
        return [Vital(vital.name, Glyph.RING, words, brief=tr("unknown")) for vital in self._known]

    @property
    def trouble(self) -> str:
        """What keeps runs from starting, as one line; empty while nothing does."""
        broken = next((vital for vital in self.vitals if vital.glyph is Glyph.CROSS), None)
        return f"{broken.name}: {broken.words}" if broken is not None else ""

    def _tick(self) -> None:
        if self._connection.is_online:
            self._refresher.request()

    async def _load(self) -> None:
        client = self._connection.client
        readiness, dispatcher, info, stats = await asyncio.gather(
            client.ready(), client.dispatcher(), client.info(), client.stats()
        )
        self.checked_at = datetime.now(UTC)
        self._known = vitals(readiness, dispatcher, info, stats, self.checked_at)
        self.changed.emit()
