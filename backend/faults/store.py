"""The statements that store, list and remove faults."""

from collections import Counter
from collections.abc import Sequence

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.folder_conditions import FolderStatement
from backend.faults.model import FaultKey, NewFault
from shared.access import Access
from shared.enums import FaultKind
from shared.models.fault import Fault

MOST_LISTED = 500
KEPT_DAYS = 1
"""After so long without a repetition a fault is removed, so that what was set aside is tried again once a day."""

# By the unique index faults_object. `is_new` is false for a repetition.
STORE = text(
    """
    insert into faults (kind, object_type, object_id, object_name, cause, next_step, count)
    select f.* from unnest(
        cast(:kinds as text[]), cast(:types as text[]), cast(:ids as text[]), cast(:names as text[]),
        cast(:causes as text[]), cast(:steps as text[]), cast(:counts as bigint[])
    ) as f (kind, object_type, object_id, object_name, cause, next_step, count)
    order by f.kind, f.object_type, f.object_id
    on conflict (kind, object_type, object_id) do update set object_name = excluded.object_name,
        cause = excluded.cause, next_step = excluded.next_step, count = faults.count + excluded.count, last_at = now()
    returning kind, object_type, object_id, xmax = 0 as is_new
    """
)

# A table of few rows. A later version may know more kinds.
LIST = text("select * from faults where kind = any(cast(:kinds as text[])) order by last_at desc, id limit :most")
# Of the tasks and runs that a user may read, by their primary keys.
LIST_READABLE = FolderStatement(
    """
    select f.* from faults f
    join lateral (
        select case when f.object_id ~ '^[0-9]{1,18}$' then f.object_id::bigint end as id
    ) named on true
    join lateral (
        select t.folder from tasks t where t.id = named.id
            and f.object_type in ('task', 'schedule', 'dependencies', 'retry policy', 'watched task')
        union all
        select t.folder from runs r join tasks t on t.id = r.task_id where r.id = named.id
            and f.object_type in ('run', 'outcome')
    ) of on true
    where f.kind = any(cast(:kinds as text[])) and granted(of.folder)
    order by f.last_at desc, f.id limit :most
    """
)
COUNT = text("select kind, count(*) as faults from faults where kind = any(cast(:kinds as text[])) group by kind")
REMOVE = text("delete from faults where cast(:ids as bigint[]) is null or id = any(cast(:ids as bigint[]))")
# From the index faults_object.
CLEAR = text("delete from faults where kind = :kind and object_type = :type and object_id = any(cast(:ids as text[]))")
REMOVE_OLD = text("delete from faults where last_at < now() - cast(:days as integer) * interval '1 day'")

# From the index faults_object.
SET_ASIDE_IDS = text("select object_id from faults where kind = 'set_aside' and object_type = :type")

log = structlog.get_logger()


async def store_faults(connection: AsyncConnection, faults: Sequence[NewFault], *, counts: Sequence[int] = ()) -> None:
    """Store faults, or count their repetitions; log those that are new.

    `counts` says how often each happened. Without it, a fault that is given twice counts once.
    """
    if not faults:
        return
    storable = [one.storable() for one in faults]
    by_key = {fault.key: fault for fault in storable}
    repetitions = Counter[FaultKey]()
    for fault, count in zip(storable, counts, strict=True) if counts else ():
        repetitions[fault.key] += count
    new = list(by_key.values())
    rows = await connection.execute(
        STORE,
        {
            "kinds": [one.kind for one in new],
            "types": [one.object_type for one in new],
            "ids": [one.object_id for one in new],
            "names": [one.object_name for one in new],
            "causes": [one.cause for one in new],
            "steps": [one.next_step for one in new],
            "counts": [repetitions[one.key] or 1 for one in new],
        },
    )
    for row in rows:
        if row.is_new:
            _log(by_key[FaultKind(row.kind), row.object_type, row.object_id])


async def set_aside_ids(connection: AsyncConnection, object_type: str) -> list[str]:
    """Return the ids of the objects of a type that are set aside, so that a pass can skip them."""
    return list((await connection.execute(SET_ASIDE_IDS, {"type": object_type})).scalars())


async def read_faults(connection: AsyncConnection) -> list[Fault]:
    """Return the faults, the newest first."""
    rows = await connection.execute(LIST, {"kinds": list(FaultKind), "most": MOST_LISTED})
    return [Fault.model_validate(dict(row)) for row in rows.mappings()]


async def readable_faults(connection: AsyncConnection, access: Access) -> list[Fault]:
    """Return the faults of what a user may read, the newest first; all others belong to no folder."""
    rows = await connection.execute(LIST_READABLE.within(access), {"kinds": list(FaultKind), "most": MOST_LISTED})
    return [Fault.model_validate(dict(row)) for row in rows.mappings()]


async def count_faults(connection: AsyncConnection) -> dict[FaultKind, int]:
    """Return the number of faults of each kind."""
    counts = dict.fromkeys(FaultKind, 0)
    counts.update(
        {FaultKind(row.kind): row.faults for row in await connection.execute(COUNT, {"kinds": list(FaultKind)})}
    )
    return counts


async def remove_faults(connection: AsyncConnection, ids: Sequence[int] | None) -> int:
    """Remove faults, all of them without `ids`; return how many. What was set aside is tried again."""
    return (await connection.execute(REMOVE, {"ids": None if ids is None else list(ids)})).rowcount


async def clear_faults(connection: AsyncConnection, kind: FaultKind, object_type: str, ids: Sequence[str]) -> None:
    """Remove the faults of objects whose cause is gone."""
    await connection.execute(CLEAR, {"kind": kind, "type": object_type, "ids": list(ids)})


async def remove_old_faults(connection: AsyncConnection) -> None:
    """Remove faults that have not happened for a day."""
    await connection.execute(REMOVE_OLD, {"days": KEPT_DAYS})


def _log(fault: NewFault) -> None:
    log.error(
        "A fault was recorded.",
        kind=fault.kind,
        object_type=fault.object_type,
        object_id=fault.object_id,
        object_name=fault.object_name,
        cause=fault.cause,
        next_step=fault.next_step,
    )
