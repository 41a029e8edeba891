"""The fields of a task that statements read from the version that a run was created with."""

QUEUE_TIMEOUT = "queue_timeout_seconds"
RETRY_TIMEOUT = "retry_timeout_seconds"
SHARD_COUNT = "shard_count"
RETRY_POLICY = (
    "retry_count",
    "retry_delay_seconds",
    "retry_max_delay_seconds",
    "retry_backoff",
    "on_worker_lost",
    "retry_exit_codes",
    "retry_http_statuses",
    "retry_on_timeout",
    RETRY_TIMEOUT,
    QUEUE_TIMEOUT,
)
FIELDS = (QUEUE_TIMEOUT, RETRY_TIMEOUT, SHARD_COUNT, *RETRY_POLICY)


def integer(field: str) -> str:
    """Return the SQL of a field of `task_versions v` that is an integer, or null where it is none.

    A cast of another text would fail the whole statement, and with it every run of its batch.
    """
    return f"(case when v.definition ->> '{field}' ~ '^[0-9]{{1,9}}$' then (v.definition ->> '{field}')::integer end)"


def interval(field: str) -> str:
    """Return the SQL of a field of `task_versions v` that counts seconds."""
    return f"{integer(field)} * interval '1 second'"


def json_values(fields: tuple[str, ...]) -> str:
    """Return the SQL of fields of `task_versions v` as JSON, in this order."""
    return ", ".join(f"v.definition -> '{field}'" for field in fields)
