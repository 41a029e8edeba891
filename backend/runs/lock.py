"""Locks on several runs, always in the order of their ids.

Of two transactions that change runs in common, one then waits for the other, and never each for the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs.conditions import UNFINISHED
from shared.enums import RunStatus


def in_id_order(which: str, *, columns: str = "id", most: int | None = None) -> str:
    """Return a query for the runs that meet a condition, locked; for a statement that changes or reads them.

    With `most`, only so many of the lowest ids.
    """
    limit = f" limit {most}" if most is not None else ""
    return f"select {columns} from runs where {which} order by id{limit} for update"  # noqa: S608


_COLUMNS = "id, status, fan_out_run_id"

# By the primary key.
LOCK = text(in_id_order("id = any(cast(:ids as bigint[]))", columns=_COLUMNS))

# With the child runs that have no outcome, from the index runs_of_fan_out.
LOCK_WITH_CHILDREN = text(
    in_id_order(
        f"""id in (
        select unnest(cast(:ids as bigint[]))
        union all
        select id from runs where fan_out_run_id = any(cast(:ids as bigint[])) and {UNFINISHED})
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
