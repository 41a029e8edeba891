"""Which fields a task of an executor has. Pure."""

from collections.abc import Mapping

from console.views.tasks.http_request import HTTP_FIELDS
from shared.models.system import ExecutorInfo

HTTP, NOOP = "http", "noop"
_OF_PROCESSES = ("max_memory_mb", "max_cpu_seconds", "max_open_files")


def is_request(texts: Mapping[str, str]) -> bool:
    """Whether the fields of an HTTP request stand for the command.

    JSON that they cannot show stays in the field of the command, and stands there as long as it is written so.
    """
    return texts.get("executor") == HTTP and not texts.get("command", "").lstrip().startswith("{")


def missing_fields(texts: Mapping[str, str], executor: ExecutorInfo | None) -> frozenset[str]:
    """Return the fields that a task of these texts does not have; `executor` is None where it is not known."""
    name = texts.get("executor", "")
    missing = {"command"} if is_request(texts) else set(HTTP_FIELDS)
    if name == HTTP:
        missing |= {"arguments", "retry_exit_codes", *_OF_PROCESSES}
    else:
        missing.add("retry_http_statuses")
    if name == NOOP:
        missing |= {"command", "arguments", "retry_exit_codes", "retry_on_timeout", *_OF_PROCESSES}
    if executor is not None:
        supported = {
            "arguments": executor.supports_arguments,
            "environment": executor.supports_environment,
            "working_directory": executor.supports_working_directory,
            "run_as": executor.supports_run_as,
        }
        missing |= {field for field, is_supported in supported.items() if not is_supported}
    return frozenset(missing)
