"""The user whom a task names to run its command, and what the owners of workers permit.

The version before goes on working beside this schema. Its workers ignore the user and are given no such task.

Revision ID: 0019
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STATEMENTS = (
    "alter table tasks add column run_as varchar(64)",
    "alter table workers add column rules jsonb",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
