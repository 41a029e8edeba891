"""The executors that are installed."""

from importlib.metadata import entry_points

import structlog

from backend.worker.executors.contract import Executor

ENTRY_POINTS = "taskdeck.executors"

log = structlog.get_logger()


def load_executors() -> dict[str, Executor]:
    """Return every executor by name. One that cannot be loaded is logged and left out."""
    executors: dict[str, Executor] = {}
    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda entry: entry.name):
        try:
            executors[entry.name] = entry.load()()
        except Exception as error:  # noqa: BLE001 - a plug-in may fail in any way
            log.error("executor left out", executor=entry.name, cause=str(error))
    return executors
