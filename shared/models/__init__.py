"""The objects of the API as pydantic models: requests (`Input`) and answers (`Output`).

`models.run.Run` loads the module when it is first used, so that a command loads only what it needs.
"""

import importlib
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.models import (
        agenda,
        alert,
        bulk,
        fault,
        grant,
        queue,
        run,
        run_filter,
        schedule,
        system,
        task,
        task_apply,
        task_filter,
        task_graph,
        task_overview,
        task_version,
        trigger,
        worker,
    )

__all__ = [
    "agenda",
    "alert",
    "bulk",
    "fault",
    "grant",
    "queue",
    "run",
    "run_filter",
    "schedule",
    "system",
    "task",
    "task_apply",
    "task_filter",
    "task_graph",
    "task_overview",
    "task_version",
    "trigger",
    "worker",
]


def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return importlib.import_module(f"{__name__}.{name}")
