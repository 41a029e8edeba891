"""`taskdeck apply -f tasks.yaml`: tasks from a file."""

from pathlib import Path
from typing import Annotated

import typer

from backend.cli.connection import call
from backend.cli.output import AsJson, print_json
from backend.cli.say import say
from shared.client import TaskdeckClient
from shared.errors import StartupError, ValidationFailedError
from shared.models.task_apply import AppliedTask, ApplyAction
from shared.task_files import parse_tasks, with_lines


async def apply_file(client: TaskdeckClient, text: str, *, source: str, dry_run: bool) -> list[AppliedTask]:
    """Create missing tasks and update those that differ; tasks which the file does not name stay as they are.

    All of the file is applied or nothing. Raises `ValidationFailedError` that names the line of each invalid field.
    """
    tasks = parse_tasks(text, source=source)
    if not tasks:
        return []
    try:
        return (await client.apply_tasks(tasks, dry_run=dry_run)).tasks
    except ValidationFailedError as error:
        if not error.errors:
            raise
        raise ValidationFailedError.of_fields(with_lines(error.errors, tasks, text=text, source=source)) from error


def apply(
    file: Annotated[Path, typer.Option("--file", "-f", help="A YAML file with tasks:, or - for standard input.")],
    dry_run: Annotated[bool, typer.Option(help="Only print what would change.")] = False,
    as_json: AsJson = False,
) -> None:
    """Create and update tasks from a file, all or none. Other tasks stay as they are."""
    try:
        text = typer.get_text_stream("stdin").read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StartupError(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    done = call(lambda client: apply_file(client, text, source=str(file), dry_run=dry_run))
    if as_json:
        print_json(done)
        return
    for one in done:
        suffix = f": {', '.join(one.fields)}" if one.action is ApplyAction.CHANGED else ""
        say(f"{one.action:<10}{one.name}{suffix}")
    if dry_run:
        say("Dry run: nothing was changed.", err=True)
