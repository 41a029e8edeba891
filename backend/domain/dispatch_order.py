"""In which order waiting runs start, as numbers that never change while a run waits."""

import json
from collections.abc import Mapping
from datetime import timedelta

from shared.enums import Priority, PriorityLevel

CRITICAL_HEAD_START = timedelta(days=100_000)
"""Far more than any run can wait, so that no amount of waiting lifts another run above a critical one."""


def head_start(priority: Priority, *, aging: timedelta) -> timedelta:
    """Return how much earlier than it came a run is treated as having come.

    A run that has waited `aging` longer stands level with one that is one priority above it: so nothing
    starves, and the order of two waiting runs never changes, which makes it one index scan.
    """
    if priority is Priority.CRITICAL:
        return CRITICAL_HEAD_START
    return aging * (priority.level - PriorityLevel.LOW)


def placement(task_type: str, worker_labels: Mapping[str, str]) -> str:
    """Return the key under which runs with the same demands on a worker wait together."""
    if not worker_labels:
        return task_type
    return f"{task_type} {json.dumps(worker_labels, sort_keys=True, ensure_ascii=False, separators=(',', ':'))}"


def demands(key: str) -> tuple[str, dict[str, str]]:
    """Return the task type and the labels that a placement key asks for."""
    if not key.endswith("}") or " {" not in key:
        return key, {}
    task_type, labels = key.split(" {", 1)
    try:
        return task_type, json.loads("{" + labels)
    except ValueError:
        return key, {}
