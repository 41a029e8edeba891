"""`taskdeck calendar`: named lists of days off."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from backend.cli.output import AsJson, confirm, print_json, print_table
from backend.cli.target import call
from shared.client import TaskdeckClient
from shared.models.schedule import Calendar

app = typer.Typer(no_args_is_help=True, help="Days off: dates and weekdays on which tasks do not run.")
Name = Annotated[str, typer.Argument(help="The calendar's name.")]


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
            empty="No calendars. taskdeck calendar set NAME --date 2026-12-25 makes one.",
        )


@app.command("show")
def show(name: Name, as_json: AsJson = False) -> None:
    """Show a calendar's days."""

    async def read(client: TaskdeckClient) -> Calendar:
        return Calendar.model_validate((await client.request("GET", _path(name)))["data"])

    found = call(read)
    if as_json:
        print_json(found)
        return
    print_table(_HEADS, [_row(found)], empty="No calendars. taskdeck calendar set NAME --date 2026-12-25 makes one.")
    for day in sorted(found.dates):
        typer.echo(f"{day} {day:%A}")


@app.command("set")
def put(
    name: Name,
    dates: Annotated[list[str] | None, typer.Option("--date", help="YYYY-MM-DD; may be given more than once.")] = None,
    weekdays: Annotated[
        list[str] | None, typer.Option("--weekday", help="Such as saturday; may be given more than once.")
    ] = None,
    file: Annotated[Path | None, typer.Option(help="A file with a date at the start of each line.")] = None,
    description: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make or replace a calendar."""
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
        print_table(
            _HEADS, [_row(stored)], empty="No calendars. taskdeck calendar set NAME --date 2026-12-25 makes one."
        )


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
def delete(name: Name, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False) -> None:
    """Delete a calendar that no task follows."""
    confirm(f"Delete the calendar {name}?", yes=yes)

    async def remove(client: TaskdeckClient) -> None:
        await client.request("DELETE", _path(name))

    call(remove)
    typer.echo(f"{name} deleted")
