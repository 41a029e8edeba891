"""The health of each part of the backend. Pure."""

from dataclasses import dataclass
from datetime import datetime

from console.theme.glyphs import Glyph
from console.words import duration, number, span, tr
from shared.models.system import Check, DispatcherInfo, Readiness, SystemInfo, SystemStats

SLOW_MS = 250.0
"""A slower database or broker is marked, in milliseconds; the dispatcher uses it many times a second."""


@dataclass(frozen=True, slots=True)
class Vital:
    """One part: its name, its state as a glyph, its details, and the words of a link to the faults."""

    name: str
    glyph: Glyph
    words: str
    detail: str = ""
    faults: str = ""


def vitals(
    readiness: Readiness, dispatcher: DispatcherInfo, info: SystemInfo, stats: SystemStats, now: datetime
) -> list[Vital]:
    """Return dispatcher, workers, broker and database, in this order."""
    checks = {check.name: check for check in readiness.checks}
    broker = checks.get("message_queue") or checks.get("broker")
    return [
        _dispatcher(dispatcher, now, faults=stats.faults),
        _workers(stats),
        _check(tr("Broker"), broker, in_process=not info.broker.startswith("amqp")),
        _check(tr("Database"), checks.get("database"), version=info.database_version),
    ]


def _dispatcher(dispatcher: DispatcherInfo, now: datetime, *, faults: int) -> Vital:
    name = tr("Dispatcher")
    if not dispatcher.active:
        return Vital(name, Glyph.CROSS, tr("none"), tr("No replica is dispatching. No run starts until one does."))
    words = dispatcher.hostname or dispatcher.replica_id or ""
    if dispatcher.since is not None:
        words += " · " + span((now - dispatcher.since).total_seconds())
    if faults:
        found = tr("1 fault") if faults == 1 else tr("%1 faults", number(faults))
        return Vital(name, Glyph.TRIANGLE, words, tr("Something was set aside or restarted."), faults=found)
    return Vital(name, Glyph.TICK, words, tr("The replica that dispatches, and since when"))


def _workers(stats: SystemStats) -> Vital:
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
    return Vital(tr("Workers"), glyph, " · ".join(parts))


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
