"""`taskdeck calendar`: named lists of days on which tasks do not run."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from backend.cli.completion import complete_calendar
from backend.cli.connection import call
from backend.cli.output import AsJson, Yes, confirm, print_json, print_table
from backend.cli.say import say
from shared.client import TaskdeckClient
from shared.models.schedule import Calendar

app = typer.Typer(no_args_is_help=True, help="Calendars: days on which tasks do not run.")
Name = Annotated[str, typer.Argument(help="The calendar's name.", autocompletion=complete_calendar)]


def _path(name: str) -> str:
    return f"/api/calendars/{quote(name, safe='')}"


def _row(calendar: Calendar) -> list[str]:
    ahead = [day for day in sorted(calendar.dates) if day >= date.today()]
    return [
        calendar.name,
        str(len(calendar.dates)),
        ", ".join(day[:3] for day in calendar.weekdays) or "-",
        str(ahead[0]) if ahead else "-",
        str(calendar.task_count),
        calendar.description or "",
    ]


_HEADS = ["NAME", "DATES", "WEEKDAYS", "NEXT", "TASKS", "DESCRIPTION"]
_EMPTY = "No calendars. Create one with: taskdeck calendar set NAME --date 2026-12-25"


@app.command("list")
def list_calendars(as_json: AsJson = False) -> None:
    """List calendars."""

    async def read(client: TaskdeckClient) -> list[Calendar]:
        return [Calendar.model_validate(one) for one in (await client.request("GET", "/api/calendars"))["data"]]

    found = call(read)
    if as_json:
        print_json(found)
    else:
        print_table(
            _HEADS,
            [_row(one) for one in found],
            empty=_EMPTY,
        )


@app.command("show")
def show(name: Name, as_json: AsJson = False) -> None:
    """Show the dates of a calendar."""

    async def read(client: TaskdeckClient) -> Calendar:
        return Calendar.model_validate((await client.request("GET", _path(name)))["data"])

    found = call(read)
    if as_json:
        print_json(found)
        return
    print_table(_HEADS, [_row(found)], empty=_EMPTY)
    for day in sorted(found.dates):
        say(f"{day} {day:%A}")


@app.command("set")
def put(
    name: Name,
    dates: Annotated[list[str] | None, typer.Option("--date", help="A date, YYYY-MM-DD. Repeatable.")] = None,
    weekdays: Annotated[
        list[str] | None, typer.Option("--weekday", help="A weekday, such as saturday. Repeatable.")
    ] = None,
    file: Annotated[Path | None, typer.Option(help="A file with one date at the start of each line.")] = None,
    description: Annotated[str | None, typer.Option(help="A description.")] = None,
    as_json: AsJson = False,
) -> None:
    """Create or replace a calendar."""
    body: dict[str, Any] = {"dates": list(dates or []), "weekdays": [day.lower() for day in weekdays or []]}
    if file is not None:
        body["dates"] += _dates_of(file)
    if description is not None:
        body["description"] = description

    async def store(client: TaskdeckClient) -> Calendar:
        return Calendar.model_validate((await client.request("PUT", _path(name), json=body))["data"])

    stored = call(store)
    if as_json:
        print_json(stored)
    else:
        print_table(_HEADS, [_row(stored)], empty=_EMPTY)


def _dates_of(file: Path) -> list[str]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror}") from error
    found = []
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        try:
            found.append(date.fromisoformat(words[0]).isoformat())
        except ValueError:
            raise typer.BadParameter(f"{file}, line {number}: {words[0]!r} is not a date such as 2026-12-25") from None
    return found


@app.command("delete")
def delete(name: Name, yes: Yes = False) -> None:
    """Delete a calendar that no task uses."""
    confirm(f"Delete the calendar {name}?", yes=yes)

    async def remove(client: TaskdeckClient) -> None:
        await client.request("DELETE", _path(name))

    call(remove)
    say(f"Deleted the calendar {name}.")
