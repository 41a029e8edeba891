"""Scopes of personal tokens, and signing keys that are replaced.

The version before goes on working beside this schema; it does not restrict tokens by their scope.

Revision ID: 0013
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    alter table api_tokens add column scope varchar(10) not null default 'admin'
        check (scope in ('read', 'run', 'edit', 'admin'))
    """,
    "alter table signing_keys add column verifies_until timestamptz",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
