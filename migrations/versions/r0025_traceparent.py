"""The trace that a run belongs to.

The version before goes on working beside this schema; the runs that it creates belong to no trace.

Revision ID: 0025
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

STATEMENTS = ("alter table runs add column traceparent varchar(55)",)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
