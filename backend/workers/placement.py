"""The placement: the task type and the labels that a run requires of a worker, as one key."""

import json
from collections.abc import Mapping

EXECUTOR_LABEL = "@executor"
RUN_AS_LABEL = "@run_as"
"""Labels that say what a worker's owner must permit, as `@worker` says which worker."""
BUILT_IN = frozenset({"shell", "http", "noop"})
"""Executors whose names are their task types, unless a task names another type."""


def placement(task_type: str, worker_labels: Mapping[str, str]) -> str:
    """Return the key of a task type and labels. Runs with the same key fit the same workers."""
    if not worker_labels:
        return task_type
    return f"{task_type} {json.dumps(worker_labels, sort_keys=True, ensure_ascii=False, separators=(',', ':'))}"


def task_placement(
    task_type: str, worker_labels: Mapping[str, str], *, executor: str, run_as: str | None = None
) -> str:
    """Return the key of what a task requires: beside type and labels, its executor and its user.

    The executor is left out where the type says it, as with most tasks: each distinct key costs a probe.
    """
    required = dict(worker_labels)
    if task_type != executor or executor not in BUILT_IN:
        required[EXECUTOR_LABEL] = executor
    if run_as is not None:
        required[RUN_AS_LABEL] = run_as
    return placement(task_type, required)


def demands(key: str) -> tuple[str, dict[str, str]]:
    """Return the task type and the labels of a key."""
    if not key.endswith("}") or " {" not in key:
        return key, {}
    task_type, labels = key.split(" {", 1)
    try:
        return task_type, json.loads("{" + labels)
    except ValueError:
        return key, {}
