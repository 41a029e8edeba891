"""Where an entry of the audit log comes from: account, token, address, request and program.

The version before goes on working beside this schema; its entries have no origin.

Revision ID: 0014
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    alter table audit_log
        add column user_id bigint,
        add column token_id bigint,
        add column address varchar(100),
        add column request_id varchar(64),
        add column via varchar(20)
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
