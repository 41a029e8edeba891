"""`taskdeck backfill`: running a task for past occurrences."""

from typing import Annotated, Any

import typer

from backend.cli.lookup import find_task
from backend.cli.output import AsJson, instant, print_json, print_table
from backend.cli.target import call
from shared.client import TaskdeckClient
from shared.models.backfill import Backfill

app = typer.Typer(no_args_is_help=True, help="Run a task for the occurrences of a past window.")
BackfillId = Annotated[int, typer.Argument(metavar="BACKFILL", help="Its id.")]
_HEADS = ("ID", "TASK", "STATUS", "FROM", "UNTIL", "DONE", "FAILED", "AT ONCE", "BY")
_EMPTY = "No backfills. taskdeck backfill start TASK --since … --until … makes one."


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
    task: Annotated[str, typer.Argument(help="Its name or id.")],
    since: Annotated[str, typer.Option(help="RFC 3339, such as 2026-11-01T00:00:00Z.")],
    until: Annotated[str, typer.Option(help="RFC 3339; this instant itself is left out.")],
    at_once: Annotated[int, typer.Option(min=1, help="How many runs go at once.")] = 1,
    only_missing: Annotated[bool, typer.Option(help="Leave out occurrences that succeeded.")] = False,
    newest_first: Annotated[bool, typer.Option(help="Begin at the end of the window.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Only say which occurrences it would be.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run a task for each occurrence from --since to before --until."""
    body: dict[str, Any] = {
        "since": since,
        "until": until,
        "max_concurrency": at_once,
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
            typer.echo(instant(at))
        typer.echo(f"{made.total} occurrences" if made.total else "no occurrence in this window", err=True)
        return
    _show(made, as_json=as_json)


@app.command("list")
def list_backfills(
    task: Annotated[str | None, typer.Option(help="Only those of this task.")] = None, as_json: AsJson = False
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
    """Show how far a backfill has come."""

    async def work(client: TaskdeckClient) -> Backfill:
        return Backfill.model_validate((await client.request("GET", f"/api/backfills/{backfill}"))["data"])

    _show(call(work), as_json=as_json)


@app.command("cancel")
def cancel(backfill: BackfillId, as_json: AsJson = False) -> None:
    """Cancel what is left of a backfill."""

    async def work(client: TaskdeckClient) -> Backfill:
        return Backfill.model_validate((await client.request("POST", f"/api/backfills/{backfill}/cancel"))["data"])

    _show(call(work), as_json=as_json)
