"""Lists of runs by duration, by time of queueing, and of those that were not executed.

The version before goes on working beside this schema. Building an index holds up changes of runs: two seconds for each
three million. To avoid that, build them before the upgrade, with `create index concurrently`.

Revision ID: 0021
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

STATEMENTS = (
    "create index if not exists runs_by_duration on runs (execution_time_ms, id) where execution_time_ms is not null",
    "create index if not exists runs_not_executed on runs (id) where status in ('cancelled', 'skipped')",
    # A summary of blocks found the runs of a day, but not the newest of them: all were read and sorted.
    "create index if not exists runs_by_queued on runs (queued_at, id)",
    "drop index runs_queued",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
