"""How workers and runs were over time, for charts.

Revision ID: 0006
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    create table worker_samples (
        worker_id varchar(200) not null,
        at timestamptz not null,
        slots integer not null,
        busy integer not null,
        cpu_percent real,
        memory_bytes bigint,
        primary key (at, worker_id)
    )
    """,
    """
    create table run_timings (
        step_seconds integer not null,
        at timestamptz not null,
        kind varchar(10) not null check (kind in ('wait', 'duration')),
        bucket smallint not null,
        runs bigint not null,
        primary key (step_seconds, at, kind, bucket)
    )
    """,
    # What was queued in a span long ago: runs come in the order of time, so a summary of blocks is enough.
    "create index runs_queued on runs using brin (queued_at) with (pages_per_range = 32, autosummarize = on)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
