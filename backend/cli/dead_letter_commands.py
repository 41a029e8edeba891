"""`taskdeck dead-letters`: messages that no backend could read or record."""

from typing import Annotated

import typer

from backend.cli.output import AsJson, ago, confirm, print_json, print_table
from backend.cli.target import call
from shared.client import TaskdeckClient
from shared.models.dead_letter import DeadLetterList

app = typer.Typer(no_args_is_help=True, help="Messages of workers that no backend could read or record.")
Ids = Annotated[list[str] | None, typer.Argument(metavar="ID...", help="Which of them, as list names them.")]
All = Annotated[bool, typer.Option("--all", help="All of them.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]

_SHOWN_CHARACTERS = 80


@app.command("list")
def list_dead_letters(
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many of the oldest.")] = 50, as_json: AsJson = False
) -> None:
    """List them, oldest first."""

    async def read(client: TaskdeckClient) -> DeadLetterList:
        answer = await client.request("GET", "/api/system/dead-letters", params={"limit": limit})
        return DeadLetterList.model_validate(answer["data"])

    found = call(read)
    if as_json:
        print_json(found)
        return
    print_table(
        ("ID", "QUEUE", "REASON", "WHEN", "BYTES", "CONTENT"),
        (
            (one.id, one.queue, one.reason, ago(one.at), str(one.size_bytes), one.content[:_SHOWN_CHARACTERS])
            for one in found.letters
        ),
        empty="No dead letters.",
    )
    if found.total > len(found.letters):
        typer.echo(f"{found.total - len(found.letters)} more; --limit shows them.", err=True)


@app.command("requeue")
def requeue(ids: Ids = None, everything: All = False) -> None:
    """Send them back to the queue they were taken from, when what refused them has been mended."""
    typer.echo(f"{_settle('requeue', _chosen(ids, everything=everything))} sent back")


@app.command("discard")
def discard(ids: Ids = None, everything: All = False, yes: Yes = False) -> None:
    """Throw them away."""
    chosen = _chosen(ids, everything=everything)
    confirm("Throw away all dead letters?" if chosen is None else f"Throw away {len(chosen)} dead letters?", yes=yes)
    typer.echo(f"{_settle('discard', chosen)} thrown away")


def _chosen(ids: list[str] | None, *, everything: bool) -> list[str] | None:
    if bool(ids) == everything:
        raise typer.BadParameter("name some of their ids, or say --all")
    return ids or None


def _settle(action: str, ids: list[str] | None) -> int:
    async def work(client: TaskdeckClient) -> int:
        answer = await client.request("POST", f"/api/system/dead-letters/{action}", json={"ids": ids})
        return int(answer["data"]["count"])

    return call(work)
