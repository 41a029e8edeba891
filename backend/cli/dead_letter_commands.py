"""`taskdeck dead-letters`: messages that could not be processed."""

from typing import Annotated

import typer

from backend.cli.connection import call
from backend.cli.output import AsJson, Yes, ago, confirm, print_json, print_table
from backend.cli.say import say
from shared.client import TaskdeckClient
from shared.models.dead_letter import DeadLetterList

app = typer.Typer(no_args_is_help=True, help="Dead letters: messages that could not be processed.")
Ids = Annotated[list[str] | None, typer.Argument(metavar="ID...", help="Ids, as printed by list.")]
All = Annotated[bool, typer.Option("--all", help="All dead letters.")]

_SHOWN_CHARACTERS = 80


@app.command("list")
def list_dead_letters(
    limit: Annotated[int, typer.Option(min=1, max=500, help="Maximum number listed.")] = 50, as_json: AsJson = False
) -> None:
    """List dead letters, oldest first."""

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
        say(f"{found.total - len(found.letters)} more exist. List them with --limit.", err=True)


@app.command("requeue")
def requeue(ids: Ids = None, everything: All = False) -> None:
    """Return dead letters to their queues, after the cause of their rejection is fixed."""
    say(f"{_settle('requeue', _chosen(ids, everything=everything))} returned to their queues.")


@app.command("discard")
def discard(ids: Ids = None, everything: All = False, yes: Yes = False) -> None:
    """Discard dead letters."""
    chosen = _chosen(ids, everything=everything)
    confirm("Discard all dead letters?" if chosen is None else f"Discard {len(chosen)} dead letters?", yes=yes)
    say(f"{_settle('discard', chosen)} discarded.")


def _chosen(ids: list[str] | None, *, everything: bool) -> list[str] | None:
    if bool(ids) == everything:
        raise typer.BadParameter("give ids, or --all")
    return ids or None


def _settle(action: str, ids: list[str] | None) -> int:
    async def work(client: TaskdeckClient) -> int:
        answer = await client.request("POST", f"/api/system/dead-letters/{action}", json={"ids": ids})
        return int(answer["data"]["count"])

    return call(work)
