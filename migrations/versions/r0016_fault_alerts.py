"""Alerts about faults: up to which fault an open alert counts.

The version before goes on working beside this schema.

Revision ID: 0016
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STATEMENTS = ("alter table open_alerts add column newest_fault_id bigint not null default 0",)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
