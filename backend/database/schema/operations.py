"""Workers, dispatchers, and samples and counts over time."""

from sqlalchemy import (
    REAL,
    BigInteger,
    Boolean,
    Column,
    Double,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

from backend.database.schema.columns import INSTANT, METADATA, id_column

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
    Column("started_at", INSTANT, nullable=False),
    Column("last_heartbeat_at", INSTANT, nullable=False),
    Column("rules", JSONB),
)

WORKER_KEYS = Table(
    "worker_keys",
    METADATA,
    Column("worker_id", String(200), primary_key=True),
    Column("salt", String(64), nullable=False),
    Column("enrolled_at", INSTANT, nullable=False, server_default="now()"),
    Column("enrolled_by", String(100), nullable=False),
    Column("revoked_at", INSTANT),
    Column("revoked_by", String(100)),
)

SECRET_KEY_IN_USE = Table(
    "secret_key_in_use",
    METADATA,
    Column("id", SmallInteger, primary_key=True),
    Column("key_id", String(16), nullable=False),
    Column("since", INSTANT, nullable=False, server_default="now()"),
)
"""One row: which key seals what is stored. The keys themselves are not in the database."""

SECRETS = Table(
    "secrets",
    METADATA,
    Column("name", String(100), primary_key=True),
    Column("folder", String(255), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("key_id", String(16), nullable=False),
    Column("nonce", LargeBinary, nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),
    Column("created_at", INSTANT, nullable=False, server_default="now()"),
    Column("created_by", String(100), nullable=False),
    Column("updated_at", INSTANT, nullable=False, server_default="now()"),
    Column("updated_by", String(100), nullable=False),
    Column("last_used_at", INSTANT),
)

DISPATCHERS = Table(
    "dispatchers",
    METADATA,
    Column("id", SmallInteger, primary_key=True),
    Column("replica_id", String(64), nullable=False),
    Column("hostname", String(255), nullable=False),
    Column("since", INSTANT, nullable=False),
)

QUEUE_SAMPLES = Table(
    "queue_samples",
    METADATA,
    Column("at", INSTANT, primary_key=True),
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
    Column("at", INSTANT, primary_key=True),
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
    Column("at", INSTANT, primary_key=True),
    Column("kind", String(10), primary_key=True),
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("runs", BigInteger, nullable=False),
)

FINISHED_COUNTS = Table(
    "finished_counts",
    METADATA,
    Column("at", INSTANT, primary_key=True),
    Column("replica_id", String(64), primary_key=True),
    Column("succeeded", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
)

METRIC_COUNTS = Table(
    "metric_counts",
    METADATA,
    Column("kind", String(30), primary_key=True),
    Column("label", String(60), primary_key=True),
    Column("shard", SmallInteger, primary_key=True, autoincrement=False),
    Column("value", Double, nullable=False),
)

METRIC_SAMPLE = Table(
    "metric_sample",
    METADATA,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("at", INSTANT, nullable=False),
    Column("figures", Text, nullable=False),
)

FAULTS = Table(
    "faults",
    METADATA,
    id_column(),
    Column("kind", String(20), nullable=False),
    Column("object_type", String(50), nullable=False),
    Column("object_id", String(255), nullable=False),
    Column("object_name", String(255)),
    Column("cause", Text, nullable=False),
    Column("next_step", Text, nullable=False),
    Column("count", BigInteger, nullable=False, server_default="1"),
    Column("first_at", INSTANT, nullable=False, server_default="now()"),
    Column("last_at", INSTANT, nullable=False, server_default="now()"),
)
