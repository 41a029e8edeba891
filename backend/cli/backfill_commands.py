"""`taskdeck backfill`: runs of a task for past occurrences."""

from typing import Annotated, Any

import typer

from backend.cli.completion import complete_task
from backend.cli.connection import call
from backend.cli.lookup import find_task
from backend.cli.output import AsJson, instant, print_json, print_table
from backend.cli.say import say
from shared.client import TaskdeckClient
from shared.models.backfill import Backfill

app = typer.Typer(no_args_is_help=True, help="Backfills: run a task for the occurrences of a past period.")
BackfillId = Annotated[int, typer.Argument(metavar="BACKFILL", help="A backfill's id.")]
_HEADS = ("ID", "TASK", "STATUS", "FROM", "UNTIL", "FINISHED", "FAILED", "LIMIT", "BY")
_EMPTY = "No backfills. Start one with: taskdeck backfill start TASK --since … --until …"


def _row(one: Backfill) -> tuple[str, ...]:
    return (
        str(one.id or "-"),
        one.task_name,
        one.status,
        instant(one.since),
        instant(one.until),
        f"{one.finished}/{one.total}",
        str(one.failed),
        str(one.max_concurrency),
        one.created_by,
    )


def _show(one: Backfill, *, as_json: bool) -> None:
    if as_json:
        print_json(one)
    else:
        print_table(_HEADS, [_row(one)], empty=_EMPTY)


@app.command("start")
def start(
    task: Annotated[str, typer.Argument(help="The name or id of a task.", autocompletion=complete_task)],
    since: Annotated[str, typer.Option(help="Start of the period, such as 2026-11-01T00:00:00Z.")],
    until: Annotated[str, typer.Option(help="End of the period, exclusive.")],
    limit: Annotated[int, typer.Option(min=1, help="Maximum concurrent runs.")] = 1,
    only_missing: Annotated[bool, typer.Option(help="Skip occurrences whose run succeeded.")] = False,
    newest_first: Annotated[bool, typer.Option(help="Start with the newest occurrence.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Only list the occurrences.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run a task for each occurrence from --since to before --until."""
    body: dict[str, Any] = {
        "since": since,
        "until": until,
        "max_concurrency": limit,
        "only_missing": only_missing,
        "newest_first": newest_first,
        "dry_run": dry_run,
    }

    async def work(client: TaskdeckClient) -> Backfill:
        task_id = (await find_task(client, task)).id
        return Backfill.model_validate(
            (await client.request("POST", f"/api/tasks/{task_id}/backfill", json=body))["data"]
        )

    made = call(work)
    if made.id is None and not as_json:
        for at in made.times:
            say(instant(at))
        say(f"{made.total} occurrences." if made.total else "The period has no occurrence.", err=True)
        return
    _show(made, as_json=as_json)


@app.command("list")
def list_backfills(
    task: Annotated[str | None, typer.Option(help="Only backfills of this task.", autocompletion=complete_task)] = None,
    as_json: AsJson = False,
) -> None:
    """List the newest backfills."""

    async def work(client: TaskdeckClient) -> list[Backfill]:
        task_id = (await find_task(client, task)).id if task is not None else None
        answer = await client.request("GET", "/api/backfills", params={"task_id": task_id})
        return [Backfill.model_validate(one) for one in answer["data"]]

    found = call(work)
    if as_json:
        print_json(found)
    else:
        print_table(_HEADS, [_row(one) for one in found], empty=_EMPTY)


@app.command("show")
def show(backfill: BackfillId, as_json: AsJson = False) -> None:
    """Show the progress of a backfill."""

    async def work(client: TaskdeckClient) -> Backfill:
        return Backfill.model_validate((await client.request("GET", f"/api/backfills/{backfill}"))["data"])

    _show(call(work), as_json=as_json)


@app.command("cancel")
def cancel(backfill: BackfillId, as_json: AsJson = False) -> None:
    """Cancel the unfinished runs of a backfill."""

    async def work(client: TaskdeckClient) -> Backfill:
        return Backfill.model_validate((await client.request("POST", f"/api/backfills/{backfill}/cancel"))["data"])

    _show(call(work), as_json=as_json)
