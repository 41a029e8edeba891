"""The latest occurrence that a task missed and nothing makes up for; how many pieces of output a run has.

Revision ID: 0008
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table tasks add column missed_at timestamptz")
    op.execute("create index tasks_missed on tasks (id) where missed_at is not null")
    op.execute("alter table runs add column log_pieces integer")
