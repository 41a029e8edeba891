"""The alerts of one task, newest first.

The version before goes on working beside this schema.

Revision ID: 0020
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

STATEMENTS = ("create index alerts_by_task on alerts (task_id, id) where task_id is not null",)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
