"""What a run was given, as a person may see it."""

from collections.abc import Mapping
from typing import Any

from shared.models.run import RunInputs

_MASK = "***"
_OWN = ("arguments", "environment")


def run_inputs(row: Mapping[Any, Any], *, shows_values: bool) -> RunInputs:
    """Return the fields of a run's version of its task, with what the run asked for instead.

    `row` has `task_version`, `definition`, and `arguments` and `environment` where the run has its own. The run's
    environment is added to the task's, name by name; its arguments replace the task's.
    """
    definition = row["definition"] or {}
    own = [name for name in _OWN if row[name] is not None]
    environment = {**(definition.get("environment") or {}), **(row["environment"] or {})}
    if not shows_values:
        environment = dict.fromkeys(environment, _MASK)
    return RunInputs(
        task_version=row["task_version"],
        executor=definition.get("executor", ""),
        command=definition.get("command"),
        working_directory=definition.get("working_directory"),
        arguments=row["arguments"] if row["arguments"] is not None else definition.get("arguments") or [],
        environment=environment,
        timeout_seconds=definition.get("timeout_seconds"),
        own=own,
    )
