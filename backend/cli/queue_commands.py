"""`taskdeck queue …`, and the commands that change a run's place in the queue."""

from typing import Annotated

import typer

from backend.cli.exit_codes import ExitCode
from backend.cli.lookup import find_task
from backend.cli.output import AsJson, ago, print_json, print_table
from backend.cli.run_commands import RunIds
from backend.cli.target import call
from shared.client import TaskdeckClient
from shared.enums import Priority, QueueState
from shared.models.queue import QueueEntry, RunsChanged

app = typer.Typer(no_args_is_help=True, help="The queue: what runs and what waits, in the order of start.")
_PAGE = 500


@app.command("list")
def list_queue(
    task: Annotated[str | None, typer.Option(help="Only runs of this task.")] = None,
    state: Annotated[list[QueueState] | None, typer.Option(help="May be given more than once.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000)] = 30,
    as_json: AsJson = False,
) -> None:
    """List what runs, then what waits in the order of start, and why it has not started."""

    async def work(client: TaskdeckClient) -> list[QueueEntry]:
        task_id = (await find_task(client, task)).id if task is not None else None
        found: list[QueueEntry] = []
        cursor: str | None = None
        while len(found) < limit:
            page = await client.queue(
                task_id=task_id, state=state or None, limit=min(_PAGE, limit - len(found)), cursor=cursor
            )
            found += page.data
            cursor = page.meta.next_cursor
            if cursor is None:
                break
        return found

    entries = call(work)
    if as_json:
        print_json([entry.model_dump(mode="json") for entry in entries])
        return
    print_table(
        ("PLACE", "RUN", "TASK", "STATE", "PRIORITY", "QUEUED", "WHY"),
        (
            (
                str(entry.position or ""),
                str(entry.run.id),
                entry.run.task_name,
                entry.state,
                entry.run.priority,
                ago(entry.run.queued_at),
                entry.reason.text if entry.reason else f"on {entry.run.worker_id}",
            )
            for entry in entries
        ),
        empty="Nothing runs and nothing waits.",
    )


def _say(changed: RunsChanged, words: str, *, as_json: bool) -> None:
    """Print what was done; a refusal fails the command after the others were done."""
    if as_json:
        print_json(changed.model_dump(mode="json"))
    else:
        for run_id in changed.changed:
            typer.echo(f"Run {run_id} {words}.")
    for one in changed.refused:
        typer.echo(f"taskdeck: {one.reason}", err=True)
    if changed.refused:
        raise SystemExit(ExitCode.FAILED)


def priority(
    run_ids: RunIds,
    to: Annotated[Priority, typer.Option("--to", help="The priority that they get.")],
    as_json: AsJson = False,
) -> None:
    """Give waiting runs another priority, as if they had been queued with it."""

    async def work(client: TaskdeckClient) -> RunsChanged:
        return await client.set_priority(run_ids, to)

    _say(call(work), f"has the priority {to}", as_json=as_json)


def start_now(run_ids: RunIds, as_json: AsJson = False) -> None:
    """Let waiting runs go at once, before all others and past every limit; they still need a worker's slot."""

    async def work(client: TaskdeckClient) -> RunsChanged:
        return await client.start_now(run_ids)

    _say(call(work), "goes next, past every limit", as_json=as_json)


def add_to(runs: typer.Typer) -> None:
    """Add what belongs below `taskdeck run`."""
    runs.command()(priority)
    runs.command("start-now")(start_now)
