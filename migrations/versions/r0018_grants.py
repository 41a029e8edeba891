"""Grants of permissions in folders, the role without any, and the folder of an alert.

The version before goes on working beside this schema, as long as nobody has the role `member`. Alerts that it raises
have no folder, and are shown to users who may read every folder.

Revision ID: 0018
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

STATEMENTS = (
    "alter table users drop constraint users_role_check",
    """
    alter table users
        add constraint users_role_check check (role in ('member', 'viewer', 'operator', 'admin'))
    """,
    "create index users_groups on users using gin (groups)",
    """
    create table grants (
        id bigint generated always as identity primary key,
        user_id bigint references users (id) on delete cascade,
        group_name varchar(255),
        folder varchar(255) not null,
        permission varchar(10) not null check (permission in ('read', 'run', 'edit', 'admin')),
        created_by varchar(100) not null,
        created_at timestamptz not null default now(),
        check (num_nonnulls(user_id, group_name) = 1)
    )
    """,
    "create unique index grants_of_user on grants (user_id, folder) where user_id is not null",
    "create unique index grants_of_group on grants (group_name, folder) where group_name is not null",
    "create index grants_folder on grants (folder varchar_pattern_ops)",
    "alter table alerts add column folder varchar(255)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
