"""`taskdeck agenda`: past runs and future occurrences, by hour or day."""

from datetime import datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from backend.cli.connection import call
from backend.cli.output import AsJson, print_json, print_table
from backend.cli.say import say
from shared.client import TaskdeckClient
from shared.enums import RunStatus
from shared.models.agenda import (
    MOST_ENTRIES,
    Agenda,
    AgendaEntries,
    AgendaEntry,
    AgendaResolution,
    AgendaSpan,
)
from shared.schedule.clock_changes import first_instant_showing
from shared.time_zones import machine_zone, time_zone

_BAD = (RunStatus.FAILED, RunStatus.TIMED_OUT)
_MOST_DAYS_BY_HOUR = 2


def agenda(
    day: Annotated[
        str | None, typer.Argument(metavar="DAY", help="A day, YYYY-MM-DD, or an hour, YYYY-MM-DDTHH. Default: today.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="Number of days.")] = 1,
    by: Annotated[
        AgendaResolution | None, typer.Option(help="Default: hour for up to two days, otherwise day.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(help="A time zone, such as Europe/Berlin. Default: this machine's.")
    ] = None,
    each: Annotated[bool, typer.Option("--each", help="List each run and each occurrence.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show past runs and future occurrences, and when more runs are due than there are slots."""
    zone = _zone(timezone or machine_zone())
    since, until = _window(day, days, zone)
    scale = by or (AgendaResolution.HOUR if days <= _MOST_DAYS_BY_HOUR else AgendaResolution.DAY)

    async def list_each(client: TaskdeckClient) -> AgendaEntries:
        return await client.agenda_entries(since=since, until=until, limit=MOST_ENTRIES)

    async def count(client: TaskdeckClient) -> Agenda:
        return await client.agenda(since=since, until=until, resolution=scale, timezone=zone.key)

    if each:
        entries = call(list_each)
        print_json(entries) if as_json else _print_entries(entries, zone)
    else:
        found = call(count)
        print_json(found) if as_json else _print_spans(found, zone, is_long=days > 1)


def _zone(name: str) -> ZoneInfo:
    try:
        return time_zone(name)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _window(day: str | None, days: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the begin and end of the days, or of the hour that `day` names."""
    try:
        begin = datetime.combine(datetime.now(zone), time()) if day is None else datetime.fromisoformat(day)
        if begin.tzinfo is not None or begin.minute or begin.second:
            raise ValueError
    except ValueError:
        raise typer.BadParameter(
            f"{day!r} is not a date such as 2026-12-25, or an hour such as 2026-12-25T07"
        ) from None
    since = first_instant_showing(begin, zone)
    if day is not None and "T" in day:
        return since, since + timedelta(hours=1)
    return since, first_instant_showing(begin + timedelta(days), zone)


def _print_spans(found: Agenda, zone: ZoneInfo, *, is_long: bool) -> None:
    form = "%a %Y-%m-%d" if found.resolution is AgendaResolution.DAY else "%a %d %H:%M" if is_long else "%H:%M"

    def row(span: AgendaSpan) -> tuple[str, ...]:
        bad = sum(span.counts.get(status, 0) for status in _BAD)
        crowded = f"{span.peak} on {found.slots} slots" if span.peak > found.slots else ""
        numbers = (sum(span.counts.values()), bad, span.planned, span.missing)
        return (span.since.astimezone(zone).strftime(form), *(str(number or "") for number in numbers), crowded)

    filled = [span for span in found.spans if span.counts or span.planned or span.missing]
    print_table(
        ("FROM", "RUNS", "FAILED", "DUE", "MISSING", "PEAK"),
        map(row, filled),
        empty="No runs and no occurrences.",
    )
    if found.tasks_left_out:
        say(f"{found.tasks_left_out} tasks are not included: there are too many.", err=True)
    elif found.is_estimated:
        say("The occurrences of the most frequent tasks are estimated.", err=True)


def _print_entries(found: AgendaEntries, zone: ZoneInfo) -> None:
    def row(entry: AgendaEntry) -> tuple[str, ...]:
        at = entry.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
        run = entry.run
        return at, entry.task_name, run.status if run else entry.state, str(run.id) if run else ""

    print_table(("TIME", "TASK", "STATE", "RUN"), map(row, found.entries), empty="No runs and no occurrences.")
    if found.is_capped:
        say(f"Only the first {len(found.entries)} are listed.", err=True)
