"""The tables as queries name them. Migrations create them, and a test compares the two."""

from backend.database.schema.accounts import (
    API_TOKENS,
    AUDIT_LOG,
    IDEMPOTENCY_KEYS,
    REFRESH_TOKENS,
    SETUP_TOKENS,
    SIGNING_KEYS,
    USERS,
)
from backend.database.schema.alerts import (
    ALERT_CHANNELS,
    ALERT_DELIVERIES,
    ALERT_RULES,
    ALERT_SILENCES,
    ALERTS,
    FAILING_TASKS,
    OPEN_ALERTS,
    OUTCOMES_TO_EXAMINE,
)
from backend.database.schema.columns import METADATA
from backend.database.schema.operations import (
    DISPATCHERS,
    FAULTS,
    FINISHED_COUNTS,
    QUEUE_SAMPLES,
    RUN_TIMINGS,
    WORKER_SAMPLES,
    WORKERS,
)
from backend.database.schema.runs import LOG_CHUNKS, RUN_ATTEMPTS, RUN_SAMPLES, RUN_UPSTREAMS, RUNS
from backend.database.schema.tasks import (
    BACKFILLS,
    CALENDARS,
    CONCURRENCY_GROUPS,
    TASK_DEPENDENCIES,
    TASK_SEARCH,
    TASK_VERSIONS,
    TASKS,
)

__all__ = [
    "ALERTS",
    "ALERT_CHANNELS",
    "ALERT_DELIVERIES",
    "ALERT_RULES",
    "ALERT_SILENCES",
    "API_TOKENS",
    "AUDIT_LOG",
    "BACKFILLS",
    "CALENDARS",
    "CONCURRENCY_GROUPS",
    "DISPATCHERS",
    "FAILING_TASKS",
    "FAULTS",
    "FINISHED_COUNTS",
    "IDEMPOTENCY_KEYS",
    "LOG_CHUNKS",
    "METADATA",
    "OPEN_ALERTS",
    "OUTCOMES_TO_EXAMINE",
    "QUEUE_SAMPLES",
    "REFRESH_TOKENS",
    "RUNS",
    "RUN_ATTEMPTS",
    "RUN_SAMPLES",
    "RUN_TIMINGS",
    "RUN_UPSTREAMS",
    "SETUP_TOKENS",
    "SIGNING_KEYS",
    "TASKS",
    "TASK_DEPENDENCIES",
    "TASK_SEARCH",
    "TASK_VERSIONS",
    "USERS",
    "WORKERS",
    "WORKER_SAMPLES",
]
