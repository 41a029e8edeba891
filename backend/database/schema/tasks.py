"""Tasks, their versions and dependencies, calendars, concurrency groups and backfills."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, SmallInteger, String, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from backend.database.schema.columns import INSTANT, METADATA, id_column

TASKS = Table(
    "tasks",
    METADATA,
    id_column(),
    Column("name", String(255), nullable=False),
    Column("description", Text),
    Column("folder", String(255), nullable=False),
    Column("executor", String(100), nullable=False),
    Column("task_type", String(100), nullable=False),
    Column("command", Text, nullable=False),
    Column("arguments", JSONB, nullable=False),
    Column("environment", JSONB, nullable=False),
    Column("working_directory", Text),
    Column("run_as", String(64)),
    Column("schedule", String(255)),
    Column("timezone", String(100), nullable=False),
    Column("jitter_seconds", Integer, nullable=False),
    Column("misfire_policy", String(20), nullable=False),
    Column("overlap_policy", String(20), nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("status", String(20), nullable=False),
    Column("retry_count", Integer, nullable=False),
    Column("retry_delay_seconds", Integer, nullable=False),
    Column("retry_backoff", String(20), nullable=False),
    Column("retry_max_delay_seconds", Integer, nullable=False),
    Column("timeout_seconds", Integer, nullable=False),
    Column("on_worker_lost", String(20), nullable=False),
    Column("max_concurrency", Integer),
    Column("worker_labels", JSONB, nullable=False),
    Column("labels", JSONB, nullable=False),
    Column("version", Integer, nullable=False),
    Column("next_occurrence_at", INSTANT),
    Column("next_run_at", INSTANT),
    Column("created_at", INSTANT, nullable=False),
    Column("updated_at", INSTANT, nullable=False),
    Column("deleted_at", INSTANT),
    Column("starts_at", INSTANT),
    Column("ends_at", INSTANT),
    Column("calendar", String(100)),
    Column("calendar_policy", String(20), nullable=False, server_default="skip"),
    Column("blackouts", JSONB, nullable=False, server_default="[]"),
    Column("schedule_since", INSTANT),
    Column("paused_reason", Text),
    Column("pause_after_failures", Integer),
    Column("concurrency_group", String(100)),
    Column("queue_timeout_seconds", Integer),
    Column("retry_timeout_seconds", Integer),
    Column("retry_exit_codes", JSONB),
    Column("retry_http_statuses", JSONB),
    Column("retry_on_timeout", Boolean, nullable=False, server_default="true"),
    Column("distribution", String(20), nullable=False, server_default="single"),
    Column("shard_count", Integer),
    Column("expected_duration_seconds", Integer),
    Column("late_after_seconds", Integer),
    Column("keep_runs", Integer),
    Column("keep_days", Integer),
    Column("max_memory_mb", Integer),
    Column("max_cpu_seconds", Integer),
    Column("max_open_files", Integer),
    Column("missed_at", INSTANT),
)

TASK_SEARCH = Table(
    "task_search",
    METADATA,
    Column("task_id", BigInteger, primary_key=True),
    Column("content", Text(collation="C"), nullable=False),
)

TASK_VERSIONS = Table(
    "task_versions",
    METADATA,
    Column("task_id", BigInteger, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("definition", JSONB, nullable=False),
    Column("changed_by", String(100), nullable=False),
    Column("changed_at", INSTANT, nullable=False),
)

TASK_DEPENDENCIES = Table(
    "task_dependencies",
    METADATA,
    Column("task_id", BigInteger, primary_key=True),
    Column("upstream_id", BigInteger, primary_key=True),
    Column("condition", String(20), nullable=False),
    Column("period", String(20), nullable=False),
    Column("consumed_run_id", BigInteger, nullable=False, server_default="0"),
)

CALENDARS = Table(
    "calendars",
    METADATA,
    Column("name", String(100), primary_key=True),
    Column("description", Text),
    Column("dates", JSONB, nullable=False, server_default="[]"),
    Column("weekdays", JSONB, nullable=False, server_default="[]"),
    Column("created_at", INSTANT, nullable=False, server_default="now()"),
    Column("updated_at", INSTANT, nullable=False, server_default="now()"),
)

CONCURRENCY_GROUPS = Table(
    "concurrency_groups",
    METADATA,
    Column("name", String(100), primary_key=True),
    Column("description", Text),
    Column("max_concurrency", Integer),
    Column("starts_per_minute", Integer),
    Column("created_at", INSTANT, nullable=False, server_default="now()"),
    Column("updated_at", INSTANT, nullable=False, server_default="now()"),
)

BACKFILLS = Table(
    "backfills",
    METADATA,
    id_column(),
    Column("task_id", BigInteger, nullable=False),
    Column("since", INSTANT, nullable=False),
    Column("until", INSTANT, nullable=False),
    Column("max_concurrency", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("created_at", INSTANT, nullable=False, server_default="now()"),
    Column("cancelled_at", INSTANT),
)
