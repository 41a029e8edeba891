"""`taskdeck audit`: who did what to which object, and from where."""

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from backend.cli.connection import call
from backend.cli.output import AsJson, ago, print_json, print_json_line, print_table
from backend.cli.say import say
from shared.client import TaskdeckClient
from shared.enums import Via
from shared.errors import StartupError
from shared.models.system import AuditEntry

app = typer.Typer(no_args_is_help=True, help="The audit log: who did what to which object, and from where.")

Actor = Annotated[str | None, typer.Option(help="Only what this user did.")]
Action = Annotated[str | None, typer.Option(help="Only this action, or all that begin so, such as task. or auth.")]
Address = Annotated[str | None, typer.Option(help="Only from this address (administrators only).")]
Since = Annotated[datetime | None, typer.Option(help="Only from this time on.")]
Until = Annotated[datetime | None, typer.Option(help="Only before this time.")]
From = Annotated[Via | None, typer.Option("--via", help="Only what came from this program.")]


def _conditions(**given: object) -> dict[str, Any]:
    """Return the conditions that were given; a time without a zone is of this machine's."""
    return {
        name: value.astimezone() if isinstance(value, datetime) else value
        for name, value in given.items()
        if value is not None
    }


@app.command("list")
def list_entries(
    actor: Actor = None,
    action: Action = None,
    address: Address = None,
    via: From = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="Most entries.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List entries, newest first."""
    wanted = _conditions(actor=actor, action=action, address=address, via=via, since=since, until=until)

    async def read(client: TaskdeckClient) -> list[AuditEntry]:
        return (await client.audit(**wanted, limit=limit)).data

    found = call(read)
    if as_json:
        print_json(found)
        return
    print_table(
        ["WHEN", "USER", "ACTION", "OBJECT", "FROM", "VIA"],
        [[ago(one.at), one.actor, one.action, _object(one), one.address or "", one.via or ""] for one in found],
        empty="No entry meets these conditions.",
    )


def _object(entry: AuditEntry) -> str:
    return entry.object_name or f"{entry.object_type} {entry.object_id}"


@app.command("export")
def export(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file to write. Default: print.")] = None,
    actor: Actor = None,
    action: Action = None,
    address: Address = None,
    via: From = None,
    since: Since = None,
    until: Until = None,
) -> None:
    """Export entries as JSON lines, oldest first. The export itself is recorded."""
    wanted = _conditions(actor=actor, action=action, address=address, via=via, since=since, until=until)
    try:
        count = _write(output, wanted)
    except OSError as error:
        raise StartupError(f"The export cannot be written to {output}: {error.strerror}") from error
    say(f"Exported {count} entries.", err=True)


def _write(output: Path | None, wanted: Mapping[str, Any]) -> int:
    with nullcontext() if output is None else output.open("w", encoding="utf-8") as file:

        async def copy(client: TaskdeckClient) -> int:
            count = 0
            async for line in client.export_audit(wanted):
                if file is None:
                    print_json_line(AuditEntry.model_validate_json(line))
                else:
                    file.write(f"{line}\n")
                count += 1
            return count

        return call(copy)
