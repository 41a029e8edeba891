"""Counters of the whole installation: each is a sum over few rows, the same from every replica and after a restart.

A statement that ends runs counts them itself, so that a count is committed with what it counts.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.metric_kinds import ABOVE, DURATION_BUCKETS, SUM, CountKind, Counts

SHARDS = 64
"""Rows of one counter. A connection adds to the row of its process number: two that end runs at the same time rarely
wait for one another's commit."""


def _adding(select: str) -> str:
    return f"""
        insert into metric_counts (kind, label, shard, value)
        select c.kind, c.label, pg_backend_pid() % {SHARDS}, c.value
        from ({select}) as c (kind, label, value) where c.value <> 0 order by 1, 2
        on conflict (kind, label, shard) do update set value = metric_counts.value + excluded.value
    """  # noqa: S608


def counting(kind: CountKind, rows: str) -> str:
    """Return a part of a `with` list that counts the rows of another part."""
    select = f"select '{kind}', '', count(*) from {rows}"  # noqa: S608
    return f", metered as ({_adding(select)})"


def counting_ended(ended: str) -> str:
    """Return a part of a `with` list that counts the runs of another part, which ended, and how long they took.

    A parent run of a fan-out is left out, because its child runs count.
    """
    bounds = ", ".join(str(round(bound * 1000)) for bound in DURATION_BUCKETS)
    labels = ", ".join(f"'{bound:g}'" for bound in DURATION_BUCKETS)
    # A bound belongs to the bucket below it; width_bucket puts it into the one above.
    bucket = f"width_bucket(e.execution_time_ms - 1, array[{bounds}]::bigint[])"
    select = f"""
        select '{CountKind.RUNS_ENDED}', e.status, count(*) from {ended} e where e.distribution is null group by 2
        union all
        select '{CountKind.RUN_DURATION}', coalesce((array[{labels}])[1 + {bucket}], '{ABOVE}'), count(*)
        from {ended} e where e.distribution is null and e.execution_time_ms is not null group by 2
        union all
        select '{CountKind.RUN_DURATION}', '{SUM}', coalesce(sum(e.execution_time_ms), 0) / 1000.0
        from {ended} e where e.distribution is null
    """  # noqa: S608
    return f", metered as ({_adding(select)})"


ADD = text(_adding("select * from unnest(cast(:kinds as text[]), cast(:labels as text[]), cast(:values as float8[]))"))

# As many rows as there are labels and shards: a few thousand at most.
READ = text("select kind, label, sum(value) from metric_counts group by 1, 2")

_KINDS = {kind.value: kind for kind in CountKind}


async def add_counts(connection: AsyncConnection, counts: Counts) -> None:
    """Add to counters, in the transaction of what is counted."""
    if counts:
        await connection.execute(
            ADD,
            {
                "kinds": [kind for kind, _ in counts],
                "labels": [label for _, label in counts],
                "values": list(counts.values()),
            },
        )


async def read_counts(connection: AsyncConnection) -> dict[CountKind, dict[str, float]]:
    """Return every counter by kind and label; a kind that a newer version counts is left out."""
    found: dict[CountKind, dict[str, float]] = {kind: {} for kind in CountKind}
    for name, label, value in await connection.execute(READ):
        if (kind := _KINDS.get(name)) is not None:
            found[kind][label] = value
    return found
