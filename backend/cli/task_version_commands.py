"""`taskdeck task versions|diff|restore`: the versions of a task."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.connection import call
from backend.cli.lookup import find_task
from backend.cli.output import AsJson, instant, print_json, print_table
from backend.cli.say import say
from backend.cli.task_commands import Named
from shared import models
from shared.client import TaskdeckClient
from shared.models.task import Task

if TYPE_CHECKING:
    from shared.models.task_version import FieldChange, TaskVersion


def versions(task: Named, as_json: AsJson = False) -> None:
    """List the versions of a task: who changed which fields, and when."""

    async def work(client: TaskdeckClient) -> "list[TaskVersion]":
        task_id = (await find_task(client, task)).id
        answer = await client.request("GET", f"/api/tasks/{task_id}/versions")
        return [models.task_version.TaskVersion.model_validate(one) for one in answer["data"]]

    found = call(work)
    if as_json:
        print_json(found)
        return
    print_table(
        ("VERSION", "WHEN", "BY", "CHANGED"),
        (
            (
                str(one.version),
                instant(one.changed_at),
                one.changed_by,
                ", ".join(change.field for change in one.changes) or ("created" if one.version == 1 else "-"),
            )
            for one in found
        ),
        empty="No versions.",
    )


def diff(
    task: Named,
    before: Annotated[int, typer.Argument(min=1, help="The older version.")],
    after: Annotated[int, typer.Argument(min=1, help="The newer version.")],
    as_json: AsJson = False,
) -> None:
    """Show the differences between two versions of a task."""

    async def work(client: TaskdeckClient) -> "list[FieldChange]":
        task_id = (await find_task(client, task)).id
        answer = await client.request("GET", f"/api/tasks/{task_id}/diff", params={"before": before, "after": after})
        return [models.task_version.FieldChange.model_validate(one) for one in answer["data"]]

    found = call(work)
    if as_json:
        print_json(found)
        return
    for change in found:
        say(change.field)
        for sign, value in (("-", change.before), ("+", change.after)):
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for line in (text or "").splitlines() or [""]:
                say(f"  {sign} {line}")
    if not found:
        say("The versions do not differ.", err=True)


def restore(
    task: Named,
    version: Annotated[int, typer.Argument(min=1, help="The version to restore.")],
    as_json: AsJson = False,
) -> None:
    """Restore the fields of an earlier version, as a new version."""

    async def work(client: TaskdeckClient) -> Task:
        task_id = (await find_task(client, task)).id
        answer = await client.request("POST", f"/api/tasks/{task_id}/restore", json={"version": version})
        return Task.model_validate(answer["data"])

    stored = call(work)
    if as_json:
        print_json(stored)
    else:
        say(f"Restored version {version} of {stored.name} as version {stored.version}.")


def add_to(tasks: typer.Typer) -> None:
    """Add these commands to `taskdeck task`."""
    for command in (versions, diff, restore):
        tasks.command(command.__name__)(command)
