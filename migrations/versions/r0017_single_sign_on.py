"""Sign-in with OpenID Connect: who a user is at the provider, sign-ins that have begun, and the end of a session.

The version before goes on working beside this schema: it makes users with a password, and sessions without an end of
their own.

Revision ID: 0017
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    alter table users
        add column issuer varchar(500),
        add column subject varchar(255),
        add column groups text[] not null default '{}'
    """,
    "create unique index users_subject on users (issuer, subject) where subject is not null",
    "alter table sessions add column ends_at timestamptz",
    """
    create table oidc_sign_ins (
        state_hash varchar(64) primary key,
        browser_hash varchar(64) not null,
        nonce varchar(64) not null,
        code_verifier varchar(128) not null,
        redirect_uri varchar(200) not null,
        code_challenge varchar(64) not null,
        client_state varchar(200) not null,
        expires_at timestamptz not null
    )
    """,
    "create index oidc_sign_ins_expiry on oidc_sign_ins (expires_at)",
    """
    create table oidc_codes (
        code_hash varchar(64) primary key,
        user_id bigint not null references users (id) on delete cascade,
        generation bigint not null,
        code_challenge varchar(64) not null,
        expires_at timestamptz not null
    )
    """,
    "create index oidc_codes_user on oidc_codes (user_id)",
    "create index oidc_codes_expiry on oidc_codes (expires_at)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
