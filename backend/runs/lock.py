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


def locked_if(given: str, condition: str) -> str:
    """Return two parts of a `with` list; the second, `locked`, has the rows of a query whose runs meet a condition.

    The query names its runs `run_id`, and has beside it what is to be written: rows that were joined with the runs
    only after the lock would be compared with each of them, since PostgreSQL plans for ten (for a claim of 128 runs
    that took as long as everything else). `locked` has the run's `id`, `status`, `hold`, `distribution` and
    `expires_at` too, which the query may not.

    The condition is asked of the rows that were locked, so it holds until the transaction ends, and a statement that
    joins `locked` need not ask again. It must not: a partial index on the same condition would serve its join, and
    each run of a batch was then looked up by reading all that waited (20 ms for a claim of 128 runs, 5 by the primary
    key). That the two ids are the same goes without saying; it lets PostgreSQL expect few rows, and look each up by
    its key also in a table that it believes to be empty.
    """
    return f"""candidates as materialized (
        select given.*, locked_run.* from (select * from ({given}) as unordered order by run_id) as given
        cross join lateral (
            select id, status, hold, distribution, expires_at from runs where runs.id = given.run_id for update
        ) as locked_run
    ), locked as (
        select * from candidates where id = run_id and ({condition})
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
