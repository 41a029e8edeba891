"""`taskdeck preview`: what a schedule would do, before it is given to a task."""

from typing import Annotated, Any

import typer

from backend.cli.output import AsJson, print_json
from backend.cli.target import call
from shared.client import TaskdeckClient
from shared.models.schedule import SchedulePreview


def preview(
    schedule: Annotated[str, typer.Argument(help='Such as "0 3 * * 1-5", "every 90s" or "at 2026-12-24T18:00".')],
    timezone: Annotated[str, typer.Option(help="Its zone, such as Europe/Berlin.")] = "UTC",
    count: Annotated[int, typer.Option(min=1, max=1000, help="How many times.")] = 5,
    after: Annotated[str | None, typer.Option(help="After when, such as 2026-03-28T12:00:00Z; default: now.")] = None,
    calendar: Annotated[str | None, typer.Option(help="The calendar whose days off are left out.")] = None,
    calendar_policy: Annotated[str | None, typer.Option(help="skip or next_working_day.")] = None,
    name: Annotated[str, typer.Option(help="The task's name, by which H is spread.")] = "",
    language: Annotated[str, typer.Option(help="en or zh.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Say in words what a schedule means, and when it would fall due."""
    more: dict[str, Any] = {"after": after, "calendar": calendar, "calendar_policy": calendar_policy}

    async def work(client: TaskdeckClient) -> SchedulePreview:
        return await client.preview_schedule(
            schedule,
            timezone,
            count,
            name=name,
            language=language,
            **{field: value for field, value in more.items() if value is not None},
        )

    found = call(work)
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    typer.echo(found.description)
    for at in found.times:
        typer.echo(at)
    if not found.times:
        typer.echo("No such time lies ahead: it would not run by itself.")
