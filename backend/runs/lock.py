"""Locks on several runs, always in the order of their ids.

Of two transactions that change runs in common, one then waits for the other, and never each for the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs.conditions import UNFINISHED
from shared.enums import RunStatus


def by_id(ids: str, *, columns: str = "id", lock: Literal["update", "share"] = "update") -> str:
    """Return a query for the runs whose ids another query returns, locked in their order.

    Each is looked up by itself, because PostgreSQL keeps the plan that it made while the table was empty or its
    statistics were old: that one reads the whole table, or all runs of a status, for each batch.
    """
    return f"""
        select locked_run.* from (select distinct given.id from ({ids}) as given (id) order by given.id) given
        cross join lateral (select {columns} from runs where runs.id = given.id for {lock}) locked_run
    """  # noqa: S608


def locked_if(ids: str, condition: str) -> str:
    """Return two parts of a `with` list; the second, `locked`, has those runs of a query for ids that meet a condition.

    The condition is asked of the rows that were locked, so it holds until the transaction ends, and a statement that
    joins `locked` need not ask again. It must not: a partial index on the same condition would serve its join, and
    each run of a batch was then looked up by reading all that waited (20 ms for a claim of 128 runs, 5 by the primary
    key).
    """
    return f"""candidates as materialized (
        {by_id(ids, columns="id, status, hold, distribution, expires_at")}
    ), locked as (
        select id from candidates where {condition}
    )"""  # noqa: S608


_COLUMNS = "id, status, fan_out_run_id"

# By the primary key.
LOCK = text(by_id("select unnest(cast(:ids as bigint[]))", columns=_COLUMNS))

# With the child runs that have no outcome, from the index runs_of_fan_out.
LOCK_WITH_CHILDREN = text(
    by_id(
        f"""
        select unnest(cast(:ids as bigint[]))
        union all
        select id from runs where fan_out_run_id = any(cast(:ids as bigint[])) and {UNFINISHED}
        """,  # noqa: S608
        columns=_COLUMNS,
    )
)


@dataclass(frozen=True, slots=True)
class LockedRun:
    """The status of a run that does not change before the transaction ends."""

    id: int
    status: RunStatus
    fan_out_run_id: int | None


async def lock_runs(connection: AsyncConnection, run_ids: Iterable[int]) -> dict[int, LockedRun]:
    """Lock runs until the transaction ends; return those that exist, in the order of their ids."""
    return _locked(await connection.execute(LOCK, {"ids": sorted(set(run_ids))}))


async def lock_with_children(connection: AsyncConnection, run_ids: Iterable[int]) -> dict[int, LockedRun]:
    """Lock runs, and the child runs of those that are parents, until the transaction ends."""
    return _locked(await connection.execute(LOCK_WITH_CHILDREN, {"ids": sorted(set(run_ids))}))


def _locked(rows: Iterable[tuple[int, str, int | None]]) -> dict[int, LockedRun]:
    return {run_id: LockedRun(run_id, RunStatus(status), parent) for run_id, status, parent in rows}
