"""Editing the fields of a task as YAML in `$EDITOR`."""

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import typer
import yaml

from shared.models.task import TASK_FIELD_NAMES, Task
from shared.plain_yaml import dump_yaml, load_yaml


def _edit(text: str) -> str:
    """Return `text` as saved by the editor; raises a usage error without a terminal or an editor."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    if not sys.stdin.isatty() and "EDITOR" not in os.environ:
        raise typer.BadParameter("no field was given, and there is no terminal for an editor; see --help")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "task.yaml"
        path.write_text(text, encoding="utf-8")
        try:
            subprocess.run([*shlex.split(editor), str(path)], check=True)  # noqa: S603
        except (OSError, subprocess.CalledProcessError) as error:
            raise typer.BadParameter(f"the editor {editor!r} failed: {error}; set EDITOR to another one") from error
        return path.read_text(encoding="utf-8")


def edited_fields(task: Task) -> dict[str, Any]:
    """Open the fields of a task in the editor, and return the changed ones."""
    before = {name: value for name, value in task.model_dump(mode="json").items() if name in TASK_FIELD_NAMES}
    text = _edit(dump_yaml(before))
    try:
        after = load_yaml(text)
    except yaml.YAMLError as error:
        raise typer.BadParameter(f"the saved text is not YAML: {error}") from error
    if not isinstance(after, dict):
        raise typer.BadParameter("the saved text is not a task; write one field: value per line")
    return {name: value for name, value in after.items() if before.get(name) != value}
