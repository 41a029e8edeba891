"""`taskdeck faults`: what was set aside or restarted."""

from typing import Annotated

import typer

from backend.cli.connection import call
from backend.cli.output import AsJson, ago, print_json, print_table
from backend.cli.say import say

app = typer.Typer(no_args_is_help=True, help="Faults: what was set aside or restarted, with the next step.")
Ids = Annotated[list[int] | None, typer.Argument(metavar="ID...", help="Ids, as printed by list.")]
All = Annotated[bool, typer.Option("--all", help="All faults.")]


@app.command("list")
def list_faults(as_json: AsJson = False) -> None:
    """List faults, the newest first."""
    found = call(lambda client: client.list_faults())
    if as_json:
        print_json(found)
        return
    print_table(
        ("ID", "KIND", "OBJECT", "TIMES", "FIRST", "LAST", "CAUSE", "NEXT STEP"),
        (
            (
                str(one.id),
                one.kind,
                f"{one.object_type} {one.object_name or one.object_id}",
                str(one.count),
                ago(one.first_at),
                ago(one.last_at),
                one.cause,
                one.next_step,
            )
            for one in found
        ),
        empty="No faults.",
    )


@app.command("retry")
def retry(ids: Ids = None, everything: All = False) -> None:
    """Remove faults, so that what was set aside is tried again."""
    if bool(ids) == everything:
        raise typer.BadParameter("give ids, or --all")

    count = call(lambda client: client.retry_faults(ids or None))
    say(f"{count} removed. What was set aside is tried again.")
