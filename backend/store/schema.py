"""The tables, as queries name them. The migrations make them; a test holds the two together."""

from sqlalchemy import (
    REAL,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    Identity,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

METADATA = MetaData()

_Instant = DateTime(timezone=True)


def _id() -> Column[int]:
    return Column("id", BigInteger, Identity(), primary_key=True)


TASKS = Table(
    "tasks",
    METADATA,
    _id(),
    Column("name", String(255), nullable=False),
    Column("description", Text),
    Column("folder", String(255), nullable=False),
    Column("executor", String(100), nullable=False),
    Column("task_type", String(100), nullable=False),
    Column("command", Text, nullable=False),
    Column("arguments", JSONB, nullable=False),
    Column("environment", JSONB, nullable=False),
    Column("working_directory", Text),
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
    Column("next_occurrence_at", _Instant),
    Column("next_run_at", _Instant),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("deleted_at", _Instant),
    Column("starts_at", _Instant),
    Column("ends_at", _Instant),
    Column("calendar", String(100)),
    Column("calendar_policy", String(20), nullable=False, server_default="skip"),
    Column("blackouts", JSONB, nullable=False, server_default="[]"),
    Column("schedule_since", _Instant),
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
)

TASK_SEARCH = Table(
    "task_search",
    METADATA,
    Column("task_id", BigInteger, primary_key=True),
    Column("content", Text(collation="C"), nullable=False),
)

CALENDARS = Table(
    "calendars",
    METADATA,
    Column("name", String(100), primary_key=True),
    Column("description", Text),
    Column("dates", JSONB, nullable=False, server_default="[]"),
    Column("weekdays", JSONB, nullable=False, server_default="[]"),
    Column("created_at", _Instant, nullable=False, server_default="now()"),
    Column("updated_at", _Instant, nullable=False, server_default="now()"),
)

CONCURRENCY_GROUPS = Table(
    "concurrency_groups",
    METADATA,
    Column("name", String(100), primary_key=True),
    Column("description", Text),
    Column("max_concurrency", Integer),
    Column("starts_per_minute", Integer),
    Column("created_at", _Instant, nullable=False, server_default="now()"),
    Column("updated_at", _Instant, nullable=False, server_default="now()"),
)

BACKFILLS = Table(
    "backfills",
    METADATA,
    _id(),
    Column("task_id", BigInteger, nullable=False),
    Column("since", _Instant, nullable=False),
    Column("until", _Instant, nullable=False),
    Column("max_concurrency", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("created_at", _Instant, nullable=False, server_default="now()"),
    Column("cancelled_at", _Instant),
)

TASK_VERSIONS = Table(
    "task_versions",
    METADATA,
    Column("task_id", BigInteger, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("definition", JSONB, nullable=False),
    Column("changed_by", String(100), nullable=False),
    Column("changed_at", _Instant, nullable=False),
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

RUNS = Table(
    "runs",
    METADATA,
    _id(),
    Column("task_id", BigInteger, nullable=False),
    Column("task_version", Integer, nullable=False),
    Column("status", String(20), nullable=False),
    Column("hold", String(20)),
    Column("trigger", String(20), nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("dispatch_rank", BigInteger, nullable=False),
    Column("placement", Text, nullable=False),
    Column("ignores_limits", Boolean, nullable=False, server_default="false"),
    Column("scheduled_for", _Instant),
    Column("parent_run_id", BigInteger),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("worker_id", String(200)),
    Column("queued_at", _Instant, nullable=False),
    Column("not_before", _Instant),
    Column("dispatched_at", _Instant),
    Column("started_at", _Instant),
    Column("completed_at", _Instant),
    Column("cancel_requested_at", _Instant),
    Column("exit_code", Integer),
    Column("error", Text),
    Column("stdout_tail", Text),
    Column("stderr_tail", Text),
    Column("execution_time_ms", BigInteger),
    Column("arguments", JSONB),
    Column("environment", JSONB),
    Column("group_id", BigInteger),
    Column("distribution", String(20)),
    Column("shard_index", Integer),
    Column("shard_total", Integer),
    Column("backfill_id", BigInteger),
    Column("concurrency_group", String(100)),
    Column("released_at", _Instant),
    Column("first_dispatched_at", _Instant),
    Column("expires_at", _Instant),
    Column("output", JSONB),
    Column("http_status", Integer),
    Column("progress_percent", Double),
    Column("progress_text", String(255)),
    Column("cpu_ms", BigInteger),
    Column("peak_memory_bytes", BigInteger),
)

RUN_UPSTREAMS = Table(
    "run_upstreams",
    METADATA,
    Column("run_id", BigInteger, primary_key=True),
    Column("upstream_id", BigInteger, primary_key=True),
    Column("upstream_run_id", BigInteger, nullable=False),
)

RUN_SAMPLES = Table(
    "run_samples",
    METADATA,
    Column("run_id", BigInteger, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("elapsed_ms", BigInteger, primary_key=True),
    Column("cpu_percent", REAL, nullable=False),
    Column("memory_bytes", BigInteger, nullable=False),
)

RUN_ATTEMPTS = Table(
    "run_attempts",
    METADATA,
    Column("run_id", BigInteger, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("worker_id", String(200)),
    Column("outcome", String(20), nullable=False),
    Column("dispatched_at", _Instant),
    Column("started_at", _Instant),
    Column("completed_at", _Instant),
    Column("exit_code", Integer),
    Column("error", Text),
    Column("execution_time_ms", BigInteger),
    Column("superseded", Boolean, nullable=False, server_default="false"),
)

LOG_CHUNKS = Table(
    "log_chunks",
    METADATA,
    Column("run_id", BigInteger, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("stream", String(10), nullable=False),
    Column("at", _Instant, nullable=False),
    Column("text", Text, nullable=False),
)

WORKERS = Table(
    "workers",
    METADATA,
    Column("id", String(200), primary_key=True),
    Column("incarnation", String(64), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("status", String(20), nullable=False),
    Column("drain_requested", Boolean, nullable=False, server_default="false"),
    Column("hostname", String(255), nullable=False),
    Column("version", String(50), nullable=False),
    Column("task_types", JSONB, nullable=False),
    Column("labels", JSONB, nullable=False),
    Column("slots", Integer, nullable=False),
    Column("held", JSONB, nullable=False),
    Column("active_count", Integer, nullable=False),
    Column("cpu_percent", Double),
    Column("memory_bytes", BigInteger),
    Column("started_at", _Instant, nullable=False),
    Column("last_heartbeat_at", _Instant, nullable=False),
)

QUEUE_SAMPLES = Table(
    "queue_samples",
    METADATA,
    Column("at", _Instant, primary_key=True),
    Column("step_seconds", Integer, primary_key=True),
    Column("low", Integer, nullable=False),
    Column("normal", Integer, nullable=False),
    Column("high", Integer, nullable=False),
    Column("critical", Integer, nullable=False),
    Column("in_flight", Integer, nullable=False),
    Column("succeeded", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("oldest_waiting_seconds", Double),
)

WORKER_SAMPLES = Table(
    "worker_samples",
    METADATA,
    Column("at", _Instant, primary_key=True),
    Column("worker_id", String(200), primary_key=True),
    Column("slots", Integer, nullable=False),
    Column("busy", Integer, nullable=False),
    Column("cpu_percent", REAL),
    Column("memory_bytes", BigInteger),
)

RUN_TIMINGS = Table(
    "run_timings",
    METADATA,
    Column("step_seconds", Integer, primary_key=True, autoincrement=False),
    Column("at", _Instant, primary_key=True),
    Column("kind", String(10), primary_key=True),
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("runs", BigInteger, nullable=False),
)

FINISHED_COUNTS = Table(
    "finished_counts",
    METADATA,
    Column("at", _Instant, primary_key=True),
    Column("replica_id", String(64), primary_key=True),
    Column("succeeded", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
)

DISPATCHERS = Table(
    "dispatchers",
    METADATA,
    Column("id", SmallInteger, primary_key=True),
    Column("replica_id", String(64), nullable=False),
    Column("hostname", String(255), nullable=False),
    Column("since", _Instant, nullable=False),
)

USERS = Table(
    "users",
    METADATA,
    _id(),
    Column("username", String(100), nullable=False, unique=True),
    Column("password_hash", Text),
    Column("role", String(20), nullable=False),
    Column("disabled", Boolean, nullable=False, server_default="false"),
    Column("created_at", _Instant, nullable=False, server_default="now()"),
)

API_TOKENS = Table(
    "api_tokens",
    METADATA,
    _id(),
    Column("user_id", BigInteger, nullable=False),
    Column("name", String(100), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("created_at", _Instant, nullable=False, server_default="now()"),
    Column("expires_at", _Instant),
    Column("last_used_at", _Instant),
)

REFRESH_TOKENS = Table(
    "refresh_tokens",
    METADATA,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("family", String(64), nullable=False),
    Column("expires_at", _Instant, nullable=False),
    Column("used_at", _Instant),
)

SIGNING_KEYS = Table(
    "signing_keys",
    METADATA,
    Column("kid", String(64), primary_key=True),
    Column("secret", String(128), nullable=False),
    Column("created_at", _Instant, nullable=False, server_default="now()"),
)

SETUP_TOKENS = Table(
    "setup_tokens",
    METADATA,
    Column("token_hash", String(64), primary_key=True),
    Column("created_at", _Instant, nullable=False, server_default="now()"),
)

IDEMPOTENCY_KEYS = Table(
    "idempotency_keys",
    METADATA,
    Column("user_id", BigInteger, primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("status", SmallInteger),
    Column("answer", JSONB),
    Column("created_at", _Instant, nullable=False, server_default="now()"),
)

AUDIT_EVENTS = Table(
    "audit_events",
    METADATA,
    _id(),
    Column("at", _Instant, nullable=False, server_default="now()"),
    Column("actor", String(100), nullable=False),
    Column("action", String(50), nullable=False),
    Column("object_type", String(50), nullable=False),
    Column("object_id", String(200), nullable=False),
    Column("object_name", String(255)),
    Column("detail", JSONB, nullable=False),
)

ALERT_CHANNELS = Table(
    "alert_channels",
    METADATA,
    Column("name", String(100), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("config", JSONB, nullable=False, server_default="{}"),
    Column("enabled", Boolean, nullable=False, server_default="true"),
    Column("updated_at", _Instant, nullable=False, server_default="now()"),
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
    Column("updated_at", _Instant, nullable=False, server_default="now()"),
)

ALERT_SILENCES = Table(
    "alert_silences",
    METADATA,
    _id(),
    Column("folder", String(255), nullable=False, server_default=""),
    Column("task_id", BigInteger),
    Column("starts_at", _Instant, nullable=False),
    Column("ends_at", _Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("created_at", _Instant, nullable=False, server_default="now()"),
)

OPEN_ALERTS = Table(
    "open_alerts",
    METADATA,
    Column("rule", String(100), primary_key=True),
    Column("condition", String(20), primary_key=True),
    Column("group_key", String(255), primary_key=True),
    Column("task_ids", JSONB, nullable=False),
    Column("opened_at", _Instant, nullable=False),
    Column("last_sent_at", _Instant, nullable=False),
    Column("held", Integer, nullable=False, server_default="0"),
    Column("total", Integer, nullable=False, server_default="1"),
)

ALERTS = Table(
    "alerts",
    METADATA,
    _id(),
    Column("at", _Instant, nullable=False, server_default="now()"),
    Column("rule", String(100), nullable=False),
    Column("condition", String(20), nullable=False),
    Column("message", String(20), nullable=False),
    Column("group_key", String(255), nullable=False),
    Column("task_id", BigInteger),
    Column("task_name", String(255)),
    Column("run_id", BigInteger),
    Column("count", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("detail", Text, nullable=False),
)

ALERT_DELIVERIES = Table(
    "alert_deliveries",
    METADATA,
    _id(),
    Column("alert_id", BigInteger, nullable=False),
    Column("channel", String(100), nullable=False),
    Column("status", String(20), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_try_at", _Instant, nullable=False, server_default="now()"),
    Column("sent_at", _Instant),
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
