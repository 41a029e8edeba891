"""`taskdeck preview`: the meaning and the next times of a schedule."""

from typing import Annotated, Any

import typer

from backend.cli.connection import call
from backend.cli.output import AsJson, print_json
from backend.cli.say import say
from shared.client import TaskdeckClient
from shared.models.schedule import SchedulePreview


def preview(
    schedule: Annotated[str, typer.Argument(help='A schedule, such as "0 3 * * 1-5" or "every 90s".')],
    timezone: Annotated[str, typer.Option(help="The schedule's time zone, such as Europe/Berlin.")] = "UTC",
    count: Annotated[int, typer.Option(min=1, max=1000, help="Number of times.")] = 5,
    after: Annotated[
        str | None, typer.Option(help="Only times after this one, such as 2026-03-28T12:00:00Z. Default: now.")
    ] = None,
    calendar: Annotated[str | None, typer.Option(help="The calendar to apply.")] = None,
    calendar_policy: Annotated[str | None, typer.Option(help="skip or next_working_day.")] = None,
    name: Annotated[str, typer.Option(help="The task's name, from which H is derived.")] = "",
    language: Annotated[str, typer.Option(help="Language of the description: en or zh.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Print the meaning of a schedule in words, and its next times."""
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
    say(found.description)
    for at in found.times:
        say(at)
    if found.hint:
        say(f"Note: {found.hint}", err=True)
    if not found.times:
        say("The schedule has no future occurrence.")
