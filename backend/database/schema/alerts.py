"""Alerts: channels, rules and silences, open alerts, sent messages, and the outcomes to examine."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from backend.database.schema.columns import INSTANT, METADATA, id_column

ALERT_CHANNELS = Table(
    "alert_channels",
    METADATA,
    Column("name", String(100), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("config", JSONB, nullable=False, server_default="{}"),
    Column("enabled", Boolean, nullable=False, server_default="true"),
    Column("updated_at", INSTANT, nullable=False, server_default="now()"),
)

ALERT_RULES = Table(
    "alert_rules",
    METADATA,
    Column("name", String(100), primary_key=True),
    Column("conditions", JSONB, nullable=False),
    Column("folder", String(255), nullable=False, server_default=""),
    Column("labels", JSONB, nullable=False, server_default="{}"),
    Column("channels", JSONB, nullable=False),
    Column("group_by", String(20), nullable=False),
    Column("remind_after_seconds", Integer, nullable=False),
    Column("enabled", Boolean, nullable=False, server_default="true"),
    Column("updated_at", INSTANT, nullable=False, server_default="now()"),
)

ALERT_SILENCES = Table(
    "alert_silences",
    METADATA,
    id_column(),
    Column("folder", String(255), nullable=False, server_default=""),
    Column("task_id", BigInteger),
    Column("starts_at", INSTANT, nullable=False),
    Column("ends_at", INSTANT, nullable=False),
    Column("reason", Text, nullable=False),
    Column("until_recovery", Boolean, nullable=False, server_default="false"),
    Column("created_by", String(100), nullable=False),
    Column("created_at", INSTANT, nullable=False, server_default="now()"),
)

OPEN_ALERTS = Table(
    "open_alerts",
    METADATA,
    Column("rule", String(100), primary_key=True),
    Column("condition", String(20), primary_key=True),
    Column("grouping_key", String(255), primary_key=True),
    Column("task_ids", JSONB, nullable=False),
    Column("opened_at", INSTANT, nullable=False),
    Column("last_sent_at", INSTANT, nullable=False),
    Column("held", Integer, nullable=False, server_default="0"),
    Column("total", Integer, nullable=False, server_default="1"),
    Column("newest_fault_id", BigInteger, nullable=False, server_default="0"),
    Column("is_acknowledged", Boolean, nullable=False, server_default="false"),
)

ALERTS = Table(
    "alerts",
    METADATA,
    id_column(),
    Column("at", INSTANT, nullable=False, server_default="now()"),
    Column("rule", String(100), nullable=False),
    Column("condition", String(20), nullable=False),
    Column("message", String(20), nullable=False),
    Column("grouping_key", String(255), nullable=False),
    Column("task_id", BigInteger),
    Column("task_name", String(255)),
    Column("run_id", BigInteger),
    Column("count", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("folder", String(255)),
    Column("acknowledged_at", INSTANT),
    Column("acknowledged_by", String(100)),
)

ALERT_DELIVERIES = Table(
    "alert_deliveries",
    METADATA,
    id_column(),
    Column("alert_id", BigInteger, nullable=False),
    Column("channel", String(100), nullable=False),
    Column("status", String(20), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_try_at", INSTANT, nullable=False, server_default="now()"),
    Column("sent_at", INSTANT),
    Column("error", Text),
)

OUTCOMES_TO_EXAMINE = Table(
    "outcomes_to_examine",
    METADATA,
    Column("run_id", BigInteger, primary_key=True, autoincrement=False),
    Column("task_id", BigInteger, nullable=False),
)

FAILING_TASKS = Table(
    "failing_tasks",
    METADATA,
    Column("task_id", BigInteger, primary_key=True, autoincrement=False),
    Column("failures", Integer, nullable=False),
)
