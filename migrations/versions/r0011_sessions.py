"""Sessions, and the generation of an account, which ends its sessions and tokens.

The version before goes on working beside this schema. A sign-in that it makes ends when it is renewed by this version.

Revision ID: 0011
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATEMENTS = (
    "alter table users add column generation bigint not null default 1",
    "alter table api_tokens add column generation bigint not null default 1",
    """
    create table sessions (
        id varchar(64) primary key,
        user_id bigint not null references users (id) on delete cascade,
        generation bigint not null,
        created_at timestamptz not null default now(),
        expires_at timestamptz not null,
        ended_at timestamptz
    )
    """,
    "create index sessions_user on sessions (user_id)",
    "create index sessions_expiry on sessions (expires_at)",
    """
    insert into sessions (id, user_id, generation, expires_at)
    select family, user_id, 1, max(expires_at) from refresh_tokens group by family, user_id
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
