"""The inputs of a run, as a person may see them."""

from collections.abc import Mapping
from typing import Any

from shared.models.run import RunInputs

_MASK = "***"


def run_inputs(
    *,
    task_version: int,
    definition: Mapping[str, Any],
    arguments: list[str] | None,
    environment: Mapping[str, str] | None,
    shows_values: bool,
) -> RunInputs:
    """Return the fields of a run's version of its task, with the run's own arguments and environment.

    The run's environment is added to the task's, name by name; its arguments replace the task's.
    """
    own = [name for name, value in (("arguments", arguments), ("environment", environment)) if value is not None]
    merged = {**(definition.get("environment") or {}), **(environment or {})}
    return RunInputs(
        task_version=task_version,
        executor=definition.get("executor", ""),
        command=definition.get("command"),
        working_directory=definition.get("working_directory"),
        run_as=definition.get("run_as"),
        arguments=arguments if arguments is not None else definition.get("arguments") or [],
        environment=merged if shows_values else dict.fromkeys(merged, _MASK),
        timeout_seconds=definition.get("timeout_seconds"),
        own=own,
    )
