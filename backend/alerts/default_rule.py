"""What a new installation alerts on, without anything that has to be set up."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

CHANNEL = "console"
RULE = "faults"

# Another replica may create the schema at the same time.
ADD_CHANNEL = text(
    "insert into alert_channels (name, kind, config) values (:channel, 'console', '{}') on conflict do nothing"
)
ADD_RULE = text(
    """
    insert into alert_rules (name, conditions, channels, group_by, remind_after_seconds)
    values (:rule, '["fault"]', jsonb_build_array(cast(:channel as text)), 'rule', 3600) on conflict do nothing
    """
)


async def add_default_rule(connection: AsyncConnection) -> None:
    """Add a rule that reports faults in the console: nobody would look for them before there is one."""
    await connection.execute(ADD_CHANNEL, {"channel": CHANNEL})
    await connection.execute(ADD_RULE, {"rule": RULE, "channel": CHANNEL})
