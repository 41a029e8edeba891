"""Silences that end when their task has recovered.

The version before goes on working beside this schema; for it such a silence ends at its time.

Revision ID: 0023
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

STATEMENTS = ("alter table alert_silences add column until_recovery boolean not null default false",)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
