"""A task's fields in the person's editor."""

from typing import Any

import click
import typer
import yaml

from shared.models.task import TASK_FIELD_NAMES, Task


def edited_fields(task: Task) -> dict[str, Any]:
    """Open the fields of a task as YAML in `$EDITOR` and return those that were changed."""
    before = {name: value for name, value in task.model_dump(mode="json").items() if name in TASK_FIELD_NAMES}
    text = click.edit(yaml.safe_dump(before, sort_keys=False, allow_unicode=True), extension=".yaml")
    if text is None:
        return {}
    try:
        after = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise typer.BadParameter(f"what was saved is not YAML: {error}") from error
    if not isinstance(after, dict):
        raise typer.BadParameter("what was saved is not a task: it must hold field: value lines")
    return {name: value for name, value in after.items() if before.get(name) != value}
