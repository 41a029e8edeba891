"""`taskdeck run inputs|beside|batch`: what a run received, what ran beside it, and many new runs at once."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from backend.cli.connection import call
from backend.cli.definition_files import read_text
from backend.cli.lookup import find_task
from backend.cli.output import AsJson, ago, print_facts, print_json, print_table
from backend.cli.run_commands import RunId
from backend.cli.say import say
from shared.client import TaskdeckClient


def inputs(run_id: RunId, as_json: AsJson = False) -> None:
    """Show the command, arguments and environment that a run received."""
    found = call(lambda client: client.run_inputs(run_id))
    if as_json:
        print_json(found)
        return
    print_facts(
        [
            (name.replace("_", " ").capitalize(), value if isinstance(value, str) else json.dumps(value))
            for name, value in found.model_dump(mode="json").items()
            if value
        ]
    )


def beside(
    run_id: RunId,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 50,
    as_json: AsJson = False,
) -> None:
    """List what ran on the worker of a run while it did."""
    found = call(lambda client: client.runs_beside(run_id, limit=limit))
    if as_json:
        print_json(found)
        return
    print_table(
        ("RUN", "TASK", "STATUS", "STARTED", "ENDED"),
        ((str(one.id), one.task_name, one.status, ago(one.started_at), ago(one.completed_at)) for one in found),
        empty="Nothing else ran on its worker.",
    )


def batch(
    file: Annotated[
        Path,
        typer.Option("--file", "-f", help="Lines of JSON with a task by name or id each, or - for standard input."),
    ],
    as_json: AsJson = False,
) -> None:
    """Create up to 10,000 runs, all or none: each line is {"task": NAME, "priority", "arguments", "environment"}."""
    lines = [
        _read_line(number, line) for number, line in enumerate(read_text(str(file)).splitlines(), 1) if line.strip()
    ]

    async def work(client: TaskdeckClient) -> list[int]:
        ids: dict[str, int] = {}
        runs: list[dict[str, Any]] = []
        for line in lines:
            run = dict(line)
            if "task" in run:
                name = str(run.pop("task"))
                if name not in ids:
                    ids[name] = (await find_task(client, name)).id
                run["task_id"] = ids[name]
            runs.append(run)
        return (await client.batch([*runs])).run_ids

    created = call(work)
    if as_json:
        print_json(created)
    else:
        say(f"Created {len(created):,} runs.")


def _read_line(number: int, line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise typer.BadParameter(f"line {number} is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise typer.BadParameter(f'line {number} is not an object such as {{"task": "report"}}')
    return found


def add_to(runs: typer.Typer) -> None:
    """Add the commands that belong to `taskdeck run`."""
    runs.command()(inputs)
    runs.command()(beside)
    runs.command()(batch)
