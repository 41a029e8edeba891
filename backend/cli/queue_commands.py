"""`taskdeck queue list` and `queue tasks`, and the commands that change a run's position in the queue."""

from typing import Annotated

import typer

from backend.cli.completion import complete_task
from backend.cli.connection import call
from backend.cli.exit_codes import ExitCode
from backend.cli.lookup import find_task
from backend.cli.output import AsJson, ago, print_json, print_table
from backend.cli.run_commands import RunIds
from backend.cli.say import say
from shared.client import TaskdeckClient
from shared.enums import Priority, QueueState
from shared.models.queue import QueuedTask, QueueEntry, RunsChanged

app = typer.Typer(no_args_is_help=True, help="The queue: running and waiting runs, in the order in which they start.")
_PAGE = 500


@app.command("list")
def list_queue(
    task: Annotated[str | None, typer.Option(help="Only runs of this task.", autocompletion=complete_task)] = None,
    state: Annotated[list[QueueState] | None, typer.Option(help="Only runs in this state. Repeatable.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000)] = 30,
    as_json: AsJson = False,
) -> None:
    """List running runs, then waiting ones in the order in which they start, with the reason why they wait."""

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
        ("POSITION", "RUN", "TASK", "STATE", "PRIORITY", "QUEUED", "REASON"),
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
        empty="The queue is empty.",
    )


@app.command("tasks")
def list_queued_tasks(
    name: Annotated[str | None, typer.Option(help="Only tasks whose names contain this.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=_PAGE)] = 30,
    as_json: AsJson = False,
) -> None:
    """List the tasks with the most runs in the queue, with the reason why the oldest run of each waits."""

    async def work(client: TaskdeckClient) -> list[QueuedTask]:
        return (await client.queued_tasks(q=name, limit=limit)).data

    tasks = call(work)
    if as_json:
        print_json([task.model_dump(mode="json") for task in tasks])
        return
    print_table(
        ("TASK", *(state.upper() for state in QueueState), "OLDEST", "RUN", "REASON"),
        (
            (
                task.task_name,
                *(str(task.counts[state] or "") for state in QueueState),
                ago(task.oldest_queued_at),
                str(task.oldest_run_id),
                task.reason.text if task.reason else "",
            )
            for task in tasks
        ),
        empty="The queue is empty.",
    )


def _print_outcome(changed: RunsChanged, words: str, *, as_json: bool) -> None:
    """Print what became of each run; the exit code is 1 if one was refused."""
    if as_json:
        print_json(changed.model_dump(mode="json"))
    else:
        for run_id in changed.changed:
            say(f"Run {run_id} {words}.")
    for one in changed.refused:
        say(f"taskdeck: {one.reason}", err=True)
    if changed.refused:
        raise SystemExit(ExitCode.FAILED)


def priority(
    run_ids: RunIds,
    to: Annotated[Priority, typer.Option("--to", help="The new priority.")],
    as_json: AsJson = False,
) -> None:
    """Change the priority of waiting runs, as if they had been queued with it."""

    async def work(client: TaskdeckClient) -> RunsChanged:
        return await client.set_priority(run_ids, to)

    _print_outcome(call(work), f"has the priority {to}", as_json=as_json)


def start_now(run_ids: RunIds, as_json: AsJson = False) -> None:
    """Start waiting runs before all others, regardless of limits. A worker must still have a free slot."""

    async def work(client: TaskdeckClient) -> RunsChanged:
        return await client.start_now(run_ids)

    _print_outcome(call(work), "starts next, regardless of limits", as_json=as_json)


def add_to(runs: typer.Typer) -> None:
    """Add the commands that belong to `taskdeck run`."""
    runs.command()(priority)
    runs.command("start-now")(start_now)
