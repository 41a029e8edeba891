"""The queue in the order in which runs start: what is held and what is blocked, each in its order.

Runs that wait for a worker alone have their index already, so that creating and claiming them costs nothing more.

Revision ID: 0004
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    create index runs_held_by_rank on runs (dispatch_rank, id)
        where status = 'pending' and hold in ('limit', 'overlap', 'backfill', 'expand')
    """,
    "create index runs_blocked on runs (id) where status = 'blocked'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
