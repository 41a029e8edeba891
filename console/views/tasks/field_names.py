"""The names of a task's fields in versions, in the audit log and in remarks."""

from console.words import tr
from shared.saved_otherwise import SavedOtherwise


def field_name(field: str) -> str:
    """Return the name of a field; an unknown field is shown as it is."""
    known = {
        "name": tr("name"),
        "description": tr("description"),
        "folder": tr("folder"),
        "executor": tr("executor"),
        "task_type": tr("task type"),
        "command": tr("command"),
        "arguments": tr("arguments"),
        "environment": tr("environment"),
        "working_directory": tr("working directory"),
        "run_as": tr("user"),
        "schedule": tr("schedule"),
        "timezone": tr("time zone"),
        "jitter_seconds": tr("random delay"),
        "misfire_policy": tr("missed runs"),
        "overlap_policy": tr("if the previous run is still running"),
        "priority": tr("priority"),
        "status": tr("status"),
        "retry_count": tr("retries"),
        "retry_delay_seconds": tr("first retry delay"),
        "retry_backoff": tr("backoff"),
        "retry_max_delay_seconds": tr("maximum retry delay"),
        "timeout_seconds": tr("timeout"),
        "on_worker_lost": tr("if the worker is lost"),
        "max_concurrency": tr("maximum concurrent runs"),
        "depends_on": tr("dependencies"),
        "worker_labels": tr("required worker labels"),
        "labels": tr("labels"),
        "starts_at": tr("not before"),
        "ends_at": tr("not after"),
        "calendar": tr("calendar"),
        "calendar_policy": tr("on a day off"),
        "blackouts": tr("blackouts"),
        "concurrency_group": tr("concurrency group"),
        "queue_timeout_seconds": tr("maximum wait"),
        "retry_timeout_seconds": tr("total time limit"),
        "retry_exit_codes": tr("exit codes to retry"),
        "retry_http_statuses": tr("HTTP statuses to retry"),
        "retry_on_timeout": tr("retry after a timeout"),
        "pause_after_failures": tr("failures before the schedule is paused"),
        "distribution": tr("distribution"),
        "shard_count": tr("number of shards"),
        "expected_duration_seconds": tr("expected duration"),
        "late_after_seconds": tr("alert if not started within"),
        "keep_runs": tr("runs to keep"),
        "keep_days": tr("days to keep runs"),
        "max_memory_mb": tr("memory limit"),
        "max_cpu_seconds": tr("CPU time limit"),
        "max_open_files": tr("open file limit"),
    }
    return known.get(field, field)


def saved_words(otherwise: SavedOtherwise) -> str:
    """Return how a text was saved that was not saved as it was given."""
    field, given, saved = otherwise
    if not saved:
        return tr("%1: “%2” was saved as an empty text.", field_name(field), given)
    return tr("%1: “%2” was saved as “%3”.", field_name(field), given, saved)
