"""Runs, their attempts, output and use of resources."""

from sqlalchemy import REAL, BigInteger, Boolean, Column, Double, Integer, SmallInteger, String, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from backend.database.schema.columns import INSTANT, METADATA, id_column

RUNS = Table(
    "runs",
    METADATA,
    id_column(),
    Column("task_id", BigInteger, nullable=False),
    Column("task_version", Integer, nullable=False),
    Column("status", String(20), nullable=False),
    Column("hold", String(20)),
    Column("trigger", String(20), nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("dispatch_rank", BigInteger, nullable=False),
    Column("placement", Text, nullable=False),
    Column("ignores_limits", Boolean, nullable=False, server_default="false"),
    Column("scheduled_for", INSTANT),
    Column("parent_run_id", BigInteger),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("worker_id", String(200)),
    Column("queued_at", INSTANT, nullable=False),
    Column("not_before", INSTANT),
    Column("dispatched_at", INSTANT),
    Column("started_at", INSTANT),
    Column("completed_at", INSTANT),
    Column("cancel_requested_at", INSTANT),
    Column("exit_code", Integer),
    Column("error", Text),
    Column("stdout_tail", Text),
    Column("stderr_tail", Text),
    Column("execution_time_ms", BigInteger),
    Column("arguments", JSONB),
    Column("environment", JSONB),
    Column("fan_out_run_id", BigInteger),
    Column("distribution", String(20)),
    Column("shard_index", Integer),
    Column("shard_total", Integer),
    Column("backfill_id", BigInteger),
    Column("concurrency_group", String(100)),
    Column("released_at", INSTANT),
    Column("first_dispatched_at", INSTANT),
    Column("expires_at", INSTANT),
    Column("output", JSONB),
    Column("http_status", Integer),
    Column("progress_percent", Double),
    Column("progress_text", String(255)),
    Column("cpu_ms", BigInteger),
    Column("peak_memory_bytes", BigInteger),
    Column("log_pieces", Integer),
    Column("traceparent", String(55)),
)

RUN_UPSTREAMS = Table(
    "run_upstreams",
    METADATA,
    Column("run_id", BigInteger, primary_key=True),
    Column("upstream_id", BigInteger, primary_key=True),
    Column("upstream_run_id", BigInteger, nullable=False),
)

RUN_ATTEMPTS = Table(
    "run_attempts",
    METADATA,
    Column("run_id", BigInteger, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("worker_id", String(200)),
    Column("outcome", String(20), nullable=False),
    Column("dispatched_at", INSTANT),
    Column("started_at", INSTANT),
    Column("completed_at", INSTANT),
    Column("exit_code", Integer),
    Column("error", Text),
    Column("execution_time_ms", BigInteger),
    Column("superseded", Boolean, nullable=False, server_default="false"),
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

LOG_CHUNKS = Table(
    "log_chunks",
    METADATA,
    Column("run_id", BigInteger, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("stream", String(10), nullable=False),
    Column("at", INSTANT, nullable=False),
    Column("text", Text, nullable=False),
)
