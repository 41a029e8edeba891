"""Secrets of the backend, and which key encrypts what is stored.

The version before goes on working beside this schema: nothing that it reads is encrypted before a backend of this
version has a key of secrets and an operator uses it.

Revision ID: 0015
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    create table secret_key_in_use (
        id smallint primary key,
        key_id varchar(16) not null,
        since timestamptz not null default now()
    )
    """,
    """
    create table secrets (
        name varchar(100),
        folder varchar(255),
        version integer not null,
        key_id varchar(16) not null,
        nonce bytea not null,
        ciphertext bytea not null,
        created_at timestamptz not null default now(),
        created_by varchar(100) not null,
        updated_at timestamptz not null default now(),
        updated_by varchar(100) not null,
        last_used_at timestamptz,
        primary key (name, folder)
    )
    """,
    "alter table signing_keys alter column secret type text",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
