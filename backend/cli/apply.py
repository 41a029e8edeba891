"""`taskdeck apply -f tasks.yaml`: tasks from a file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from backend.cli.connection import call
from backend.cli.lookup import pages
from backend.cli.output import AsJson, print_json
from shared.client import TaskdeckClient
from shared.errors import StartupError, ValidationFailedError
from shared.models.task import TASK_FIELD_NAMES, Task
from shared.task_files import check_tasks, in_order_of_dependencies, parse_tasks, with_upstream_ids

_MOST_TASKS = 1_000_000


@dataclass(frozen=True, slots=True)
class Applied:
    """The outcome of one task of the file: created, changed or unchanged."""

    name: str
    action: str
    fields: list[str]


def differences(stored: Task, wanted: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of `wanted` whose value differs from the stored task's."""
    known = stored.model_dump(mode="json")
    found = {}
    for name, value in wanted.items():
        if name == "depends_on":
            edges = [{"condition": "success", "window": "latest", **edge} for edge in value]
            if edges != known[name]:
                found[name] = value
        elif known.get(name) != value:
            found[name] = value
    return found


async def apply_file(client: TaskdeckClient, text: str, *, source: str, dry_run: bool) -> list[Applied]:
    """Create missing tasks and update those that differ; tasks which the file does not name stay as they are.

    The whole file is validated first: one with an invalid field changes nothing.
    """
    tasks = parse_tasks(text, source=source)
    known = {task["name"]: Task.model_validate(task) for task in await pages(client, "/api/tasks", limit=_MOST_TASKS)}
    fields_of = {name: task.model_dump(mode="json", include=set(TASK_FIELD_NAMES)) for name, task in known.items()}
    check_tasks(tasks, fields_of, text=text, source=source)
    ids = {name: task.id for name, task in known.items()}
    done: list[Applied] = []
    for task in in_order_of_dependencies(tasks):
        name = task["name"]
        if dry_run:
            ids.setdefault(name, 0)
        try:
            fields = with_upstream_ids(task, ids)
            stored = known.get(name)
            if stored is None:
                if not dry_run:
                    ids[name] = (await client.create_task(fields)).id
                done.append(Applied(name, "created", sorted(fields)))
                continue
            changed = differences(stored, fields)
            if changed and not dry_run:
                await client.update_task(stored.id, changed, etag=stored.etag)
            done.append(Applied(name, "changed" if changed else "unchanged", sorted(changed)))
        except ValidationFailedError as error:
            raise ValidationFailedError(f"{name}: {error.detail}", errors=error.errors) from error
    return done


def apply(
    file: Annotated[Path, typer.Option("--file", "-f", help="A YAML file with tasks:, or - for standard input.")],
    dry_run: Annotated[bool, typer.Option(help="Only print what would change.")] = False,
    as_json: AsJson = False,
) -> None:
    """Create and update tasks from a file. Other tasks stay as they are."""
    try:
        text = typer.get_text_stream("stdin").read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StartupError(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    done = call(lambda client: apply_file(client, text, source=str(file), dry_run=dry_run))
    if as_json:
        print_json([{"name": one.name, "action": one.action, "fields": one.fields} for one in done])
        return
    for one in done:
        suffix = f": {', '.join(one.fields)}" if one.action == "changed" else ""
        typer.echo(f"{one.action:<10}{one.name}{suffix}")
    if dry_run:
        typer.echo("Dry run: nothing was changed.", err=True)
