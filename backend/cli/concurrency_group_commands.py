"""`taskdeck concurrency-group`: limits that several tasks share."""

from typing import Annotated, Any
from urllib.parse import quote

import typer

from backend.cli.completion import complete_concurrency_group
from backend.cli.connection import call
from backend.cli.output import AsJson, Yes, confirm, print_json, print_table
from backend.cli.say import say
from shared.client import TaskdeckClient
from shared.models.concurrency_group import ConcurrencyGroup

app = typer.Typer(no_args_is_help=True, help="Concurrency groups: limits that several tasks share.")
Name = Annotated[
    str,
    typer.Argument(help="The group's name, such as database-heavy.", autocompletion=complete_concurrency_group),
]


def _path(name: str) -> str:
    return f"/api/concurrency-groups/{quote(name, safe='')}"


def _row(group: ConcurrencyGroup) -> list[str]:
    return [
        group.name,
        str(group.max_concurrency or "-"),
        str(group.starts_per_minute or "-"),
        str(group.busy),
        str(group.waiting),
        str(group.task_count),
        group.description or "",
    ]


_HEADS = ["NAME", "LIMIT", "PER MINUTE", "RUNNING", "QUEUED", "TASKS", "DESCRIPTION"]
_EMPTY = "No concurrency groups. Create one with: taskdeck concurrency-group set NAME --limit 2"


@app.command("list")
def list_concurrency_groups(as_json: AsJson = False) -> None:
    """List concurrency groups with their running and queued runs."""

    async def read(client: TaskdeckClient) -> list[ConcurrencyGroup]:
        answer = await client.request("GET", "/api/concurrency-groups")
        return [ConcurrencyGroup.model_validate(one) for one in answer["data"]]

    found = call(read)
    if as_json:
        print_json(found)
    else:
        print_table(
            _HEADS,
            [_row(one) for one in found],
            empty=_EMPTY,
        )


@app.command("show")
def show(name: Name, as_json: AsJson = False) -> None:
    """Show a concurrency group with its running and queued runs."""

    async def read(client: TaskdeckClient) -> ConcurrencyGroup:
        return ConcurrencyGroup.model_validate((await client.request("GET", _path(name)))["data"])

    found = call(read)
    if as_json:
        print_json(found)
    else:
        print_table(_HEADS, [_row(found)], empty=_EMPTY)


@app.command("set")
def put(
    name: Name,
    limit: Annotated[int | None, typer.Option(help="Maximum concurrent runs of all tasks of the group.")] = None,
    per_minute: Annotated[int | None, typer.Option(help="Maximum runs that start within a minute.")] = None,
    description: Annotated[str | None, typer.Option(help="A description.")] = None,
    as_json: AsJson = False,
) -> None:
    """Create or replace a concurrency group."""
    body: dict[str, Any] = {
        "max_concurrency": limit,
        "starts_per_minute": per_minute,
        "description": description,
    }

    async def store(client: TaskdeckClient) -> ConcurrencyGroup:
        return ConcurrencyGroup.model_validate((await client.request("PUT", _path(name), json=body))["data"])

    stored = call(store)
    if as_json:
        print_json(stored)
    else:
        print_table(_HEADS, [_row(stored)], empty=_EMPTY)


@app.command("delete")
def delete(name: Name, yes: Yes = False) -> None:
    """Delete a concurrency group that no task uses."""
    confirm(f"Delete the concurrency group {name}?", yes=yes)

    async def remove(client: TaskdeckClient) -> None:
        await client.request("DELETE", _path(name))

    call(remove)
    say(f"Deleted the concurrency group {name}.")
