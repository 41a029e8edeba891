"""Workers as their heartbeats describe them."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.broker.messages import Heartbeat, WorkerState
from shared.enums import WorkerStatus
from shared.models.worker import Worker

# A beat that was overtaken by a later one of the same life changes nothing.
BEAT = text(
    """
    insert into workers (id, incarnation, sequence, status, hostname, version, task_types, labels, slots,
        held, active_count, cpu_percent, memory_bytes, started_at, last_heartbeat_at)
    select b.id, b.incarnation, b.sequence, b.status, b.hostname, b.version, b.task_types::jsonb,
        b.labels::jsonb, b.slots, b.held::jsonb, b.active_count, b.cpu_percent, b.memory_bytes,
        now() - b.uptime_seconds * interval '1 second', now()
    from unnest(
        cast(:ids as text[]), cast(:incarnations as text[]), cast(:sequences as bigint[]),
        cast(:statuses as text[]), cast(:hostnames as text[]), cast(:versions as text[]),
        cast(:task_types as text[]), cast(:labels as text[]), cast(:slots as integer[]),
        cast(:held as text[]), cast(:active_counts as integer[]), cast(:cpu_percents as float8[]),
        cast(:memory_bytes as bigint[]), cast(:uptimes as float8[])
    ) as b (id, incarnation, sequence, status, hostname, version, task_types, labels, slots, held,
            active_count, cpu_percent, memory_bytes, uptime_seconds)
    order by b.id
    on conflict (id) do update set
        incarnation = excluded.incarnation, sequence = excluded.sequence,
        status = case when excluded.status = 'online' and workers.drain_requested then 'draining'
                      else excluded.status end,
        hostname = excluded.hostname, version = excluded.version, task_types = excluded.task_types,
        labels = excluded.labels, slots = excluded.slots, held = excluded.held,
        active_count = excluded.active_count, cpu_percent = excluded.cpu_percent,
        memory_bytes = excluded.memory_bytes, last_heartbeat_at = excluded.last_heartbeat_at,
        started_at = case when workers.incarnation = excluded.incarnation then workers.started_at
                          else excluded.started_at end
    where workers.incarnation <> excluded.incarnation or workers.sequence < excluded.sequence
    returning *
    """
)

_FIELDS = """
    id, incarnation, sequence, status, hostname, version, task_types, labels, slots, active_count,
    cpu_percent, memory_bytes, started_at, last_heartbeat_at,
    extract(epoch from now() - last_heartbeat_at)::float8 as heartbeat_age_seconds
"""

STATUSES = text("select id, status from workers where id = any(cast(:ids as text[]))")
LIVE = text(f"select {_FIELDS}, held from workers where status in ('online', 'draining') order by id")  # noqa: S608
ALL = text(f"select {_FIELDS} from workers order by id")  # noqa: S608
ONE = text(f"select {_FIELDS} from workers where id = :id")  # noqa: S608
SET_STATUS = text(
    f"""
    update workers set status = :status where id = :id and status in ('online', 'draining')
    returning {_FIELDS}
    """  # noqa: S608
)
SET_DRAIN = text(
    f"""
    update workers set drain_requested = :drain,
        status = case when status not in ('online', 'draining') then status
                      when :drain then 'draining' else 'online' end
    where id = :id returning {_FIELDS}
    """  # noqa: S608
)
DELETE = text("delete from workers where id = :id and status in ('offline', 'lost')")

_STATUS_OF = {
    WorkerState.ONLINE: WorkerStatus.ONLINE,
    WorkerState.DRAINING: WorkerStatus.DRAINING,
    WorkerState.STOPPED: WorkerStatus.OFFLINE,
}


_GONE = ("offline", "lost")


def worker_from_row(row: Any) -> Worker:
    """Return the worker of a row."""
    fields = dict(row)
    return Worker(
        **{name: value for name, value in fields.items() if name not in ("active_count", "sequence", "held")},
        current_task_count=0 if fields["status"] in _GONE else fields["active_count"],
    )


async def statuses(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, WorkerStatus]:
    """Return the status of each worker that is known."""
    rows = await connection.execute(STATUSES, {"ids": list(ids)})
    return {row.id: WorkerStatus(row.status) for row in rows}


async def beat(connection: AsyncConnection, beats: Sequence[Heartbeat]) -> Sequence[RowMapping]:
    """Store the newest beat of each worker; `beats` names no worker twice."""
    rows = await connection.execute(
        BEAT,
        {
            "ids": [beat.worker_id for beat in beats],
            "incarnations": [beat.incarnation for beat in beats],
            "sequences": [beat.sequence for beat in beats],
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
        },
    )
    return rows.mappings().all()


async def live_workers(connection: AsyncConnection) -> Sequence[RowMapping]:
    """Return the workers that are online or draining, with what they hold."""
    return (await connection.execute(LIVE)).mappings().all()


async def all_workers(connection: AsyncConnection) -> list[Worker]:
    """Return every worker that is known."""
    return [worker_from_row(row) for row in (await connection.execute(ALL)).mappings()]


async def get_worker(connection: AsyncConnection, worker_id: str) -> Worker | None:
    """Return one worker, or None."""
    row = (await connection.execute(ONE, {"id": worker_id})).mappings().one_or_none()
    return worker_from_row(row) if row else None


async def set_status(connection: AsyncConnection, worker_id: str, status: WorkerStatus) -> Worker | None:
    """End a live worker's time; return it, or None where it was not live."""
    row = (await connection.execute(SET_STATUS, {"id": worker_id, "status": status})).mappings().one_or_none()
    return worker_from_row(row) if row else None


async def set_drain(connection: AsyncConnection, worker_id: str, *, drain: bool) -> Worker | None:
    """Wish a worker to take no more runs, or to take them again."""
    row = (await connection.execute(SET_DRAIN, {"id": worker_id, "drain": drain})).mappings().one_or_none()
    return worker_from_row(row) if row else None


async def delete_worker(connection: AsyncConnection, worker_id: str) -> bool:
    """Forget a worker that is not live; return whether there was one."""
    return (await connection.execute(DELETE, {"id": worker_id})).rowcount > 0
