"""`taskdeck alert silence`: times in which no alert is sent."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from backend.cli.completion import complete_folder, complete_task
from backend.cli.connection import call
from backend.cli.lookup import find_task
from backend.cli.output import AsJson, instant, print_json, print_table
from backend.cli.say import say
from shared.client import TaskdeckClient
from shared.errors import NotFoundError
from shared.models.alert import SilenceFields
from shared.models.bulk import AddSilences, EndSilences
from shared.schedule.durations import parse_duration

app = typer.Typer(no_args_is_help=True, help="Silences: times in which no alert is sent.")
_LONGEST = "30d"
"""When a silence until a recovery ends in any case."""


@app.command("list")
def list_silences(as_json: AsJson = False) -> None:
    """List silences that have not ended."""
    found = call(lambda client: client.list_silences())
    if as_json:
        print_json(found)
        return
    print_table(
        ("ID", "SCOPE", "FROM", "UNTIL", "BY", "REASON"),
        (
            (
                str(one.id),
                f"task {one.task_id}" if one.task_id else one.folder or "everything",
                instant(one.starts_at),
                ("recovery, or " if one.until_recovery else "") + instant(one.ends_at),
                one.created_by,
                one.reason,
            )
            for one in found
        ),
        empty="No silences.",
    )


@app.command("add")
def add_silence(
    length: Annotated[str, typer.Option("--for", help="The duration, such as 2h.")] = "",
    task: Annotated[
        list[str] | None, typer.Option(help="Only alerts of this task. Repeatable.", autocompletion=complete_task)
    ] = None,
    folder: Annotated[
        str, typer.Option(help="Only tasks in this folder and below it.", autocompletion=complete_folder)
    ] = "",
    reason: Annotated[str, typer.Option(help="The reason.")] = "",
    until_recovery: Annotated[
        bool, typer.Option(help="End once the task has recovered, or after --for (default: 30d). Needs --task.")
    ] = False,
) -> None:
    """Send no alerts for some time: of a task, of a folder, or at all."""
    if not length and not until_recovery:
        raise typer.BadParameter("give --for, such as --for 2h, or --until-recovery")
    if until_recovery and not task:
        raise typer.BadParameter("--until-recovery needs --task: only a task recovers")
    try:
        until = datetime.now(UTC) + parse_duration(length or _LONGEST)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error

    async def work(client: TaskdeckClient) -> list[int]:
        ids = [(await find_task(client, one)).id for one in task or []]
        if len(ids) > 1:
            request = AddSilences(action="add", ids=ids, ends_at=until, until_recovery=until_recovery, reason=reason)
            return (await client.change_silences(request)).ids
        fields = SilenceFields(
            task_id=ids[0] if ids else None,
            folder=folder,
            reason=reason,
            ends_at=until,
            until_recovery=until_recovery,
        )
        return [(await client.add_silence(fields)).id]

    if folder and task:
        raise typer.BadParameter("give --task or --folder, not both")
    for silence_id in call(work):
        recovery = "when the task has recovered, and at the latest " if until_recovery else ""
        say(f"Silence {silence_id} ends {recovery}at {instant(until)}.")


@app.command("end")
def end_silences(
    silences: Annotated[list[int], typer.Argument(metavar="SILENCE...", help="Ids of silences.")],
) -> None:
    """End silences now."""

    async def work(client: TaskdeckClient) -> None:
        if len(silences) == 1:
            await client.end_silence(silences[0])
            return
        result = await client.change_silences(EndSilences(action="end", ids=silences))
        if result.refused:
            raise NotFoundError("Some of these silences have ended or do not exist; the others are ended.")

    call(work)
    say(f"Ended {', '.join(f'silence {one}' for one in silences)}.")
