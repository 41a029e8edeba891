"""Locks on several runs, always in the order of their ids.

Of two transactions that change runs in common, one then waits for the other, and never each for the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs.conditions import UNFINISHED
from shared.enums import RunStatus

# By the primary key.
LOCK = text(
    """
    select id, status, fan_out_run_id from runs where id = any(cast(:ids as bigint[])) order by id for update
    """
)

# With the child runs that have no outcome, from the index runs_of_fan_out.
LOCK_WITH_CHILDREN = text(
    f"""
    select id, status, fan_out_run_id from runs where id in (
        select unnest(cast(:ids as bigint[]))
        union all
        select id from runs where fan_out_run_id = any(cast(:ids as bigint[]))
            and {UNFINISHED})
    order by id for update
    """  # noqa: S608
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


def in_id_order(which: str) -> str:
    """Return a query for the ids of the runs that meet a condition, locked; for a statement that changes them."""
    return f"select id from runs where {which} order by id for update"  # noqa: S608
