"""The registry of workers, as their newest heartbeats describe them: the only module that reads a row of `workers`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.broker.messages import Heartbeat, WorkerState
from backend.context import ServiceContext
from backend.faults.model import NewFault, set_aside
from backend.faults.reading import read_each
from backend.faults.store import store_faults
from backend.workers.clock_offset import next_start
from shared.enums import WorkerKeyState, WorkerStatus
from shared.errors import NotFoundError
from shared.models.worker import Worker, WorkerRules

_COLUMNS = """
    id, incarnation, status, hostname, version, task_types, labels, slots, active_count,
    cpu_percent, memory_bytes, started_at, last_heartbeat_at,
    extract(epoch from now() - last_heartbeat_at)::float8 as heartbeat_age_seconds,
    (select f.cause || '. ' || f.next_step from faults f
     where f.kind = 'refused' and f.object_type = 'worker' and f.object_id = workers.id) as refusal,
    (select case when k.revoked_at is null then 'enrolled' else 'revoked' end
     from worker_keys k where k.worker_id = workers.id) as key_state,
    (select k.enrolled_at from worker_keys k where k.worker_id = workers.id) as enrolled_at
"""

# Stores the newest heartbeat of each worker, by the primary key. A heartbeat that arrives after a later one of the same
# incarnation changes nothing; nor does one of an earlier incarnation, where they are ordered.
RECORD_HEARTBEATS = text(
    f"""
    insert into workers (id, incarnation, sequence, status, hostname, version, task_types, labels, slots,
        held, active_count, cpu_percent, memory_bytes, started_at, last_heartbeat_at, rules)
    select b.id, b.incarnation, b.sequence, b.status, b.hostname, b.version, b.task_types::jsonb,
        b.labels::jsonb, b.slots, b.held::jsonb, b.active_count, b.cpu_percent, b.memory_bytes,
        coalesce(b.started_at, now() - b.uptime_seconds * interval '1 second'), now(), b.rules::jsonb
    from unnest(
        cast(:ids as text[]), cast(:incarnations as text[]), cast(:sequences as bigint[]),
        cast(:statuses as text[]), cast(:hostnames as text[]), cast(:versions as text[]),
        cast(:task_types as text[]), cast(:labels as text[]), cast(:slots as integer[]),
        cast(:held as text[]), cast(:active_counts as integer[]), cast(:cpu_percents as float8[]),
        cast(:memory_bytes as bigint[]), cast(:uptimes as float8[]), cast(:started_ats as timestamptz[]),
        cast(:rules as text[])
    ) as b (id, incarnation, sequence, status, hostname, version, task_types, labels, slots, held,
            active_count, cpu_percent, memory_bytes, uptime_seconds, started_at, rules)
    order by b.id collate "C"
    on conflict (id) do update set
        incarnation = excluded.incarnation, sequence = excluded.sequence,
        status = case when excluded.status = 'online' and workers.drain_requested then 'draining'
                      else excluded.status end,
        hostname = excluded.hostname, version = excluded.version, task_types = excluded.task_types,
        labels = excluded.labels, slots = excluded.slots, held = excluded.held,
        active_count = excluded.active_count, cpu_percent = excluded.cpu_percent,
        memory_bytes = excluded.memory_bytes, last_heartbeat_at = excluded.last_heartbeat_at,
        started_at = excluded.started_at,
        rules = coalesce(excluded.rules,
                         case when workers.incarnation = excluded.incarnation then workers.rules end)
    where case when workers.incarnation = excluded.incarnation then workers.sequence < excluded.sequence
               else not :only_later or workers.incarnation < excluded.incarnation collate "C" end
    returning {_COLUMNS}
    """  # noqa: S608
)

# By the primary key, in the order in which heartbeats are stored and lost workers are marked: that of their ids' bytes.
# Without the lock, a worker that is found lost between this statement and the next would come back without a change of
# its status, and so without a wake.
LOCK_KNOWN = text(
    """
    select id, status, incarnation, started_at > now() - interval '10 minutes' as is_young, started_at,
        last_heartbeat_at, now() as now
    from workers where id = any(cast(:ids as text[])) order by id collate "C" for no key update
    """
)
# A table of a few thousand rows at most.
COUNT_WORKERS = text(
    """
    select count(*) filter (where status = 'online'), count(*) filter (where status = 'draining'),
        count(*) filter (where status = 'lost'),
        coalesce(sum(slots) filter (where status in ('online', 'draining')), 0)::bigint
    from workers
    """
)
# The workers that may hold runs; a few thousand rows at most.
LIVE = text(
    """
    select id, status, incarnation, sequence, task_types, labels, slots, rules
    from workers where status in ('online', 'draining') order by id
    """
)
ALL = text(f"select {_COLUMNS} from workers order by id")  # noqa: S608
DETAIL = text(f"select {_COLUMNS}, rules from workers where id = :id")  # noqa: S608
ONE = text(f"select {_COLUMNS} from workers where id = :id")  # noqa: S608
# From the index faults_object; a worker that stopped sending heartbeats is no longer one to mend.
REFUSED = text(
    """
    select w.id, w.status, w.incarnation, w.sequence, w.task_types, w.labels, w.slots, w.rules
    from faults f join workers w on w.id = f.object_id
    where f.kind = 'refused' and f.object_type = 'worker' and f.last_at > now() - interval '1 minute'
        and w.status in ('offline', 'lost')
    order by w.id
    """
)
SET_STATUS = text(
    f"""
    update workers set status = :status where id = :id and status in ('online', 'draining')
    returning {_COLUMNS}
    """  # noqa: S608
)
# The last number is taken as well: a heartbeat that was examined before, and is stored after this, is an earlier one.
SET_OFFLINE = text(
    f"""
    update workers set status = 'offline', sequence = 9223372036854775807
    where id = :id and status in ('online', 'draining', 'lost')
    returning {_COLUMNS}
    """  # noqa: S608
)
# The request outlives the worker's process: a heartbeat does not overwrite it.
SET_DRAIN = text(
    f"""
    update workers set drain_requested = :drain,
        status = case when status not in ('online', 'draining') then status
                      when :drain then 'draining' else 'online' end
    where id = :id returning {_COLUMNS}
    """  # noqa: S608
)
DELETE = text("delete from workers where id = :id and status in ('offline', 'lost')")

_STATUS_OF = {
    WorkerState.ONLINE: WorkerStatus.ONLINE,
    WorkerState.DRAINING: WorkerStatus.DRAINING,
    WorkerState.STOPPED: WorkerStatus.OFFLINE,
}


@dataclass(frozen=True, slots=True)
class LiveWorker:
    """A worker that is online or draining; `incarnation` and `sequence` identify its newest heartbeat."""

    id: str
    status: WorkerStatus
    incarnation: str
    sequence: int
    task_types: frozenset[str]
    labels: Mapping[str, str]
    slots: int
    executors: frozenset[str] | None
    """Those that it has and its owner permits; None where it does not say."""
    users: frozenset[str]
    """As whom its commands run, if their task says so or nothing."""


def _worker(row: Row[Any]) -> Worker:
    status = WorkerStatus(row.status)
    is_gone = status in (WorkerStatus.OFFLINE, WorkerStatus.LOST)
    return Worker(
        id=row.id,
        hostname=row.hostname,
        version=row.version,
        task_types=row.task_types,
        labels=row.labels,
        slots=row.slots,
        current_task_count=0 if is_gone else row.active_count,
        status=status,
        started_at=row.started_at,
        last_heartbeat_at=row.last_heartbeat_at,
        heartbeat_age_seconds=row.heartbeat_age_seconds,
        cpu_percent=row.cpu_percent,
        memory_bytes=row.memory_bytes,
        incarnation=row.incarnation,
        refusal=row.refusal,
        key_state=WorkerKeyState(row.key_state) if row.key_state is not None else WorkerKeyState.NONE,
        enrolled_at=row.enrolled_at,
    )


def _live_worker(row: Row[Any]) -> LiveWorker:
    rules = row.rules
    return LiveWorker(
        row.id,
        WorkerStatus(row.status),
        row.incarnation,
        row.sequence,
        frozenset(row.task_types),
        dict(row.labels),
        row.slots,
        frozenset(rules["executors"]) if rules is not None else None,
        frozenset((rules["run_as"], *rules["users"])) if rules is not None else frozenset(),
    )


def _unreadable(row: Row[Any], error: Exception) -> NewFault:
    return set_aside(
        "worker",
        row.id,
        cause=error,
        next_step="It gets no runs until its next heartbeat replaces its row. Restart it if the fault repeats.",
    )


def no_worker(worker_id: str) -> NotFoundError:
    """Return the error for a worker that does not exist."""
    return NotFoundError(f"Worker {worker_id} does not exist.")


async def list_workers(context: ServiceContext) -> list[Worker]:
    """Return every known worker, by id."""
    async with context.database.transaction() as connection:
        found, faults = read_each(await connection.execute(ALL), _worker, fault=_unreadable)
        await store_faults(connection, faults)
    return found


async def read_workers(connection: AsyncConnection) -> list[Worker]:
    """Return every worker whose row can be read, by id."""
    found, _ = read_each(await connection.execute(ALL), _worker, fault=_unreadable)
    return found


async def read_worker(context: ServiceContext, worker_id: str) -> Worker:
    """Return a worker with its rules; raises `NotFoundError`."""
    async with context.database.transaction() as connection:
        row = (await connection.execute(DETAIL, {"id": worker_id})).one_or_none()
    if row is None:
        raise no_worker(worker_id)
    rules = WorkerRules.model_validate(row.rules) if row.rules is not None else None
    return _worker(row).model_copy(update={"rules": rules})


async def get_worker(connection: AsyncConnection, worker_id: str) -> Worker | None:
    """Return a worker, or None if it does not exist."""
    row = (await connection.execute(ONE, {"id": worker_id})).one_or_none()
    return _worker(row) if row else None


async def live_workers(connection: AsyncConnection) -> list[LiveWorker]:
    """Return the workers that are online or draining, by id."""
    return await _live_workers(connection, LIVE)


async def refused_workers(connection: AsyncConnection) -> list[LiveWorker]:
    """Return the workers that send heartbeats but are refused, by id."""
    return await _live_workers(connection, REFUSED)


async def _live_workers(connection: AsyncConnection, statement: TextClause) -> list[LiveWorker]:
    found, faults = read_each(await connection.execute(statement), _live_worker, fault=_unreadable)
    await store_faults(connection, faults)
    return found


@dataclass(frozen=True, slots=True)
class WorkerBefore:
    """What was known of a worker before a heartbeat."""

    status: WorkerStatus
    incarnation: str
    is_young: bool
    """Started less than ten minutes ago."""
    started_at: datetime
    last_heartbeat_at: datetime
    now: datetime

    def ended_early(self, incarnation: str) -> bool:
        """Whether another incarnation follows a young one whose last heartbeat did not say that it stopped."""
        return self.is_young and self.incarnation != incarnation and self.status is not WorkerStatus.OFFLINE

    def next_start(self, beat: Heartbeat) -> datetime | None:
        """Return when the worker's process started, as a heartbeat corrects it; None if it is that of another one."""
        if beat.incarnation != self.incarnation:
            return None
        shown = self.now - timedelta(seconds=beat.uptime_seconds)
        return next_start(self.started_at, shown, elapsed=self.now - self.last_heartbeat_at)


async def lock_known_workers(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, WorkerBefore]:
    """Lock the workers among `ids` until the end of the transaction, and return what is known of each."""
    rows = await connection.execute(LOCK_KNOWN, {"ids": list(ids)})
    return {
        row.id: WorkerBefore(
            WorkerStatus(row.status), row.incarnation, row.is_young, row.started_at, row.last_heartbeat_at, row.now
        )
        for row in rows
    }


async def record_heartbeats(
    connection: AsyncConnection,
    beats: Sequence[Heartbeat],
    *,
    before: Mapping[str, WorkerBefore] = MappingProxyType({}),
    only_later_incarnations: bool = False,
) -> list[Worker]:
    """Store the newest heartbeat of each worker, and return those workers; `beats` names no worker twice.

    `before` is what was known of the workers.
    """
    rows = await connection.execute(
        RECORD_HEARTBEATS,
        {
            "ids": [beat.worker_id for beat in beats],
            "incarnations": [beat.incarnation for beat in beats],
            "sequences": [beat.sequence for beat in beats],
            "only_later": only_later_incarnations,
            "statuses": [_STATUS_OF[beat.state] for beat in beats],
            "hostnames": [beat.hostname for beat in beats],
            "versions": [beat.version for beat in beats],
            "task_types": [json.dumps(beat.task_types) for beat in beats],
            "labels": [json.dumps(beat.labels) for beat in beats],
            "slots": [beat.slots for beat in beats],
            "held": [json.dumps([[ref.run_id, ref.attempt] for ref in beat.held]) for beat in beats],
            "active_counts": [beat.active_count for beat in beats],
            "cpu_percents": [beat.cpu_percent for beat in beats],
            "memory_bytes": [beat.memory_bytes for beat in beats],
            "uptimes": [beat.uptime_seconds for beat in beats],
            "rules": [beat.rules.model_dump_json() if beat.rules is not None else None for beat in beats],
            "started_ats": [
                known.next_start(beat) if (known := before.get(beat.worker_id)) is not None else None for beat in beats
            ],
        },
    )
    return [_worker(row) for row in rows]


@dataclass(frozen=True, slots=True)
class WorkerCounts:
    """Numbers of workers by status, and the slots of live ones."""

    online: int
    draining: int
    lost: int
    slots: int


async def count_workers(connection: AsyncConnection) -> WorkerCounts:
    """Return how many workers there are."""
    return WorkerCounts(*(await connection.execute(COUNT_WORKERS)).one())


async def set_status(connection: AsyncConnection, worker_id: str, status: WorkerStatus) -> Worker | None:
    """Change the status of a worker that is online or draining; return it, or None if there is no such worker."""
    row = (await connection.execute(SET_STATUS, {"id": worker_id, "status": status})).one_or_none()
    return _worker(row) if row else None


async def set_offline(connection: AsyncConnection, worker_id: str) -> Worker | None:
    """Record that a worker may send nothing more; return it, or None if it was offline or never was."""
    row = (await connection.execute(SET_OFFLINE, {"id": worker_id})).one_or_none()
    return _worker(row) if row else None


async def set_drain(connection: AsyncConnection, worker_id: str, *, drain: bool) -> Worker | None:
    """Store whether a worker is to be drained; return it, or None if it does not exist."""
    row = (await connection.execute(SET_DRAIN, {"id": worker_id, "drain": drain})).one_or_none()
    return _worker(row) if row else None


async def delete_worker(connection: AsyncConnection, worker_id: str) -> bool:
    """Delete a worker that is offline or lost; return whether one was deleted."""
    return (await connection.execute(DELETE, {"id": worker_id})).rowcount > 0
