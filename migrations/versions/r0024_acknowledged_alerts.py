"""Alerts that somebody has acknowledged.

The version before goes on working beside this schema; it reminds of such alerts too.

Revision ID: 0024
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

STATEMENTS = (
    "alter table alerts add column acknowledged_at timestamptz",
    "alter table alerts add column acknowledged_by varchar(100)",
    "alter table open_alerts add column is_acknowledged boolean not null default false",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
