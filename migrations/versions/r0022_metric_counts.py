"""Counters of the metrics, and the newest sample of what waits and runs.

The version before goes on working beside this schema; what it does is not counted.

Revision ID: 0022
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

STATEMENTS = (
    # Each row is changed many times a second: free space in its page keeps it out of the index and of vacuum.
    """
    create table metric_counts (
        kind varchar(30) not null,
        label varchar(60) not null,
        shard smallint not null,
        value double precision not null,
        primary key (kind, label, shard)
    ) with (fillfactor = 50)
    """,
    """
    create table metric_sample (
        id smallint primary key check (id = 1),
        at timestamptz not null,
        figures text not null
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
