"""Keys of workers: who is enrolled. The keys themselves are derived from a secret that is not here.

The version before goes on working beside this schema.

Revision ID: 0012
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    create table worker_keys (
        worker_id varchar(200) primary key,
        salt varchar(64) not null,
        enrolled_at timestamptz not null default now(),
        enrolled_by varchar(100) not null,
        revoked_at timestamptz,
        revoked_by varchar(100)
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
