"""The placement: the task type and the labels that a run requires of a worker, as one key."""

import json
from collections.abc import Mapping


def placement(task_type: str, worker_labels: Mapping[str, str]) -> str:
    """Return the key of a task type and labels. Runs with the same key fit the same workers."""
    if not worker_labels:
        return task_type
    return f"{task_type} {json.dumps(worker_labels, sort_keys=True, ensure_ascii=False, separators=(',', ':'))}"


def demands(key: str) -> tuple[str, dict[str, str]]:
    """Return the task type and the labels of a key."""
    if not key.endswith("}") or " {" not in key:
        return key, {}
    task_type, labels = key.split(" {", 1)
    try:
        return task_type, json.loads("{" + labels)
    except ValueError:
        return key, {}
