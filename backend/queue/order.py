"""The order of the queue: runs by state, and within a state in the order in which they start."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.bulk import Selected
from backend.database.folder_conditions import FolderStatement
from backend.runs.claim import read_assign_facts
from backend.runs.conditions import HELD_OR_EXPANDING, IN_SLOT, WAITING
from backend.runs.model import SUMMARY_COLUMNS, RunRow, read_run
from shared.access import Access
from shared.enums import QueueState
from shared.errors import ValidationFailedError

COUNTED_UP_TO = 10_000
STATES = tuple(QueueState)

_MICROSECOND = timedelta(microseconds=1)
_PAGE_OF = f"select {SUMMARY_COLUMNS}, r.key from ({{found}}) r join tasks t on t.id = r.task_id order by r.key, r.id"  # noqa: S608

# What workers hold, from the index runs_in_flight: never more than there are slots. A parent run occupies
# none.
RUNNING = text(
    _PAGE_OF.format(
        found=f"""
        select f.* from (
            select *, (extract(epoch from dispatched_at) * 1000000)::bigint as key from runs
            where {IN_SLOT}) f
        where (f.key, f.id) > (:key, :id) order by f.key, f.id limit :limit
        """  # noqa: S608
    )
)

# What waits for a slot alone: the first of each placement, from the index runs_ready.
READY = text(
    _PAGE_OF.format(
        found="""
        select r.* from unnest(cast(:placements as text[])) as p (placement)
        cross join lateral (
            select *, dispatch_rank as key from runs
            where status = 'pending' and hold is null and placement = p.placement
                and (dispatch_rank, id) > (:key, :id)
            order by dispatch_rank, id limit :limit
        ) r order by r.key, r.id limit :limit
        """
    )
)

# What a limit, an overlap or a backfill holds, from the index runs_held_by_rank.
HELD = text(
    _PAGE_OF.format(
        found=f"""
        select *, dispatch_rank as key from runs
        where {HELD_OR_EXPANDING}
            and (dispatch_rank, id) > (:key, :id)
        order by dispatch_rank, id limit :limit
        """  # noqa: S608
    )
)

# Retries, from the index runs_delayed.
DELAYED = text(
    _PAGE_OF.format(
        found="""
        select *, (extract(epoch from not_before) * 1000000)::bigint as key from runs
        where status = 'pending' and hold = 'delay'
            and (not_before, id) > (timestamptz 'epoch' + cast(:key as bigint) * interval '1 microsecond', :id)
        order by not_before, id limit :limit
        """
    )
)

# What waits for other tasks, from the index runs_blocked.
BLOCKED = text(
    _PAGE_OF.format(
        found="select *, id as key from runs where status = 'blocked' and id > :id order by id limit :limit"
    )
)

_STATEMENTS: dict[QueueState, TextClause] = {
    QueueState.RUNNING: RUNNING,
    QueueState.READY: READY,
    QueueState.HELD: HELD,
    QueueState.DELAYED: DELAYED,
    QueueState.BLOCKED: BLOCKED,
}

WAITING_STATE = """case when status = 'blocked' then 'blocked' when hold is null then 'ready'
                when hold = 'delay' then 'delayed' else 'held' end"""
"""The state of a run that waits, in SQL."""

# All of some tasks, from the indexes runs_in_flight_by_task and runs_waiting_by_task.
_OF_TASKS = f"""
    with mine as (
        select *, 'running' as state, 0 as place, (extract(epoch from dispatched_at) * 1000000)::bigint as key
        from runs where {{mine}} and {IN_SLOT}
        union all
        select *,
            {WAITING_STATE},
            case when status = 'blocked' then 4 when hold is null then 1 when hold = 'delay' then 3 else 2 end,
            case when status = 'blocked' then id
                when hold = 'delay' then (extract(epoch from not_before) * 1000000)::bigint else dispatch_rank end
        from runs where {{mine}} and {WAITING}
    )
"""  # noqa: S608
_ROWS = f"""
    {_OF_TASKS}
    select {SUMMARY_COLUMNS}, r.key, r.state from mine r join tasks t on t.id = r.task_id
    where (r.place, r.key, r.id) > (:place, :key, :id) and r.state = any(cast(:states as text[]))
    order by r.place, r.key, r.id limit :limit
"""  # noqa: S608
_COUNTS = f"{_OF_TASKS} select state, least(count(*), :most) as runs from mine group by state"  # noqa: S608
_OF_LISTED = "task_id = any(cast(:task_ids as bigint[])) and granted_task(task_id)"
_OF_READABLE = "granted_task(task_id)"
ROWS_OF_TASKS, ROWS_READABLE = (FolderStatement(_ROWS.format(mine=mine)) for mine in (_OF_LISTED, _OF_READABLE))
COUNTS_OF_TASKS, COUNTS_READABLE = (FolderStatement(_COUNTS.format(mine=mine)) for mine in (_OF_LISTED, _OF_READABLE))

# The ids of all, from the indexes runs_in_flight and runs_waiting_by_task, or those of some tasks as above.
_IDS = f"""
    {_OF_TASKS}
    select r.id, t.name, t.folder from mine r join tasks t on t.id = r.task_id
    where r.state = any(cast(:states as text[])) order by r.id limit :most
"""  # noqa: S608
IDS_OF_TASKS, IDS_READABLE = (FolderStatement(_IDS.format(mine=mine)) for mine in (_OF_LISTED, _OF_READABLE))

# Counted to a limit from the index of each state, so that a long queue costs no more than a short one.
COUNTS = text(
    f"""
    select
        (select count(*) from (select from runs where {IN_SLOT}
            limit :most) a) as running,
        (select count(*) from (select from runs where status = 'pending' and hold is null limit :most) b) as ready,
        (select count(*) from (select from runs where {HELD_OR_EXPANDING} limit :most) c) as held,
        (select count(*) from (select from runs where status = 'pending' and hold = 'delay' limit :most) d) as delayed,
        (select count(*) from (select from runs where status = 'blocked' limit :most) e) as blocked
    """  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class QueueCursor:
    """The last run of a page: its state, its place in the state's order, and how many waited up to it."""

    state: QueueState
    key: int
    run_id: int
    position: int

    def encode(self) -> str:
        """Return it as clients hand it back."""
        content = json.dumps([self.state, self.key, self.run_id, self.position])
        return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, cursor: str) -> "QueueCursor":
        """Return what a client handed back; raises `ValidationFailedError`."""
        try:
            found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            state, key, run_id, position = found
            return cls(QueueState(state), *(_whole(number) for number in (key, run_id, position)))
        except (ValueError, TypeError) as error:
            raise ValidationFailedError.of(
                "cursor", "is not a cursor of the queue; use next_cursor of the page before as it was given"
            ) from error


def _whole(number: object) -> int:
    if not isinstance(number, int) or not -(2**63) < number < 2**63:
        raise ValueError(number)
    return number


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A run, its state, and its place in the state's order."""

    state: QueueState
    key: int
    run: RunRow


async def rows_in_order(
    connection: AsyncConnection, *, states: Sequence[QueueState], after: QueueCursor | None, limit: int
) -> list[QueueRow]:
    """Return the next rows of the whole queue."""
    found: list[QueueRow] = []
    placements: list[str] | None = None
    for state in STATES:
        if state not in states or (after is not None and STATES.index(state) < STATES.index(after.state)):
            continue
        is_begun = after is not None and after.state is state
        asked: dict[str, object] = {
            "key": after.key if after and is_begun else -(2**62),
            "id": after.run_id if after and is_begun else 0,
            "limit": limit - len(found),
        }
        if state is QueueState.DELAYED and not is_begun:
            asked["key"] = 0
        if state is QueueState.BLOCKED:
            del asked["key"]
        if state is QueueState.READY:
            placements = (await read_assign_facts(connection)).placements
            asked["placements"] = placements
        rows = await connection.execute(_STATEMENTS[state], asked)
        found += [QueueRow(state, row.key, read_run(row)) for row in rows]
        if len(found) >= limit:
            break
    return found


async def rows_of_tasks(
    connection: AsyncConnection,
    task_ids: Sequence[int] | None,
    access: Access,
    *,
    states: Sequence[QueueState],
    after: QueueCursor | None,
    limit: int,
) -> list[QueueRow]:
    """Return the next rows of some tasks, or of all that a user may read, in the same order."""
    statement = ROWS_OF_TASKS if task_ids is not None else ROWS_READABLE
    rows = await connection.execute(
        statement.within(access),
        _listed(task_ids)
        | {
            "states": list(states),
            "place": STATES.index(after.state) if after else -1,
            "key": after.key if after else 0,
            "id": after.run_id if after else 0,
            "limit": limit,
        },
    )
    return [QueueRow(QueueState(row.state), row.key, read_run(row)) for row in rows]


async def counts(connection: AsyncConnection, task_ids: Sequence[int] | None, access: Access) -> dict[QueueState, int]:
    """Return how many runs are in each state, of the tasks or of all, counted to `COUNTED_UP_TO`."""
    if task_ids is None and access.reads_all:
        row = (await connection.execute(COUNTS, {"most": COUNTED_UP_TO})).one()
        return dict(zip(STATES, row, strict=True))
    statement = COUNTS_OF_TASKS if task_ids is not None else COUNTS_READABLE
    found = await connection.execute(statement.within(access), _listed(task_ids) | {"most": COUNTED_UP_TO})
    return dict.fromkeys(STATES, 0) | {QueueState(row.state): row.runs for row in found}


async def select_in_states(
    connection: AsyncConnection,
    task_ids: Sequence[int] | None,
    access: Access,
    *,
    states: Sequence[QueueState],
    most: int,
) -> list[Selected]:
    """Return up to `most` of the runs in some states, of the tasks or of all that a user may read, by their ids."""
    statement = IDS_OF_TASKS if task_ids is not None else IDS_READABLE
    values = _listed(task_ids) | {"states": list(states), "most": most}
    return [Selected(*row) for row in await connection.execute(statement.within(access), values)]


def _listed(task_ids: Sequence[int] | None) -> dict[str, object]:
    return {} if task_ids is None else {"task_ids": list(task_ids)}
