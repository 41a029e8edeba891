"""Rename columns and values to the words of the documentation: fan-out, alert grouping key, test run, audit log.

The version before cannot write runs beside this schema: stop the backends of version 0.1 first.

Revision ID: 0009
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATEMENTS = (
    "alter table runs rename column group_id to fan_out_run_id",
    "alter index runs_of_group rename to runs_of_fan_out",
    "alter index runs_open_groups rename to runs_open_fan_outs",
    "alter table runs drop constraint runs_trigger_check",
    "update runs set trigger = 'fan_out' where trigger = 'group'",
    """
    alter table runs add constraint runs_trigger_check check (
        trigger in ('schedule', 'manual', 'dependency', 'retry', 'api', 'backfill', 'fan_out')) not valid
    """,
    "alter table runs validate constraint runs_trigger_check",
    "alter table open_alerts rename column group_key to grouping_key",
    "alter table alerts rename column group_key to grouping_key",
    "update audit_events set action = 'task.test_run' where action = 'task.try'",
    "alter table audit_events rename to audit_log",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
