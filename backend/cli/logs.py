"""`taskdeck logs`: what the backend itself logs."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from backend.cli.connection_options import current_options
from backend.cli.journal import JournalSource
from backend.cli.log_sources import FileSource, Source
from backend.cli.output import AsJson, print_json, print_json_text, print_log_entry
from backend.log_file import log_path
from backend.system_service import SystemService, UnitName
from shared.local_backend import default_data_dir
from shared.log_lines import LEVELS, LogLine
from shared.schedule.durations import parse_duration

_POLL_SECONDS = 0.25
_DEFAULT_COUNT = 200


class Level(StrEnum):
    """The least severe level that is shown."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def logs(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Wait for more, until Ctrl+C.")] = False,
    level: Annotated[Level, typer.Option(help="The least severe level that is shown.")] = Level.DEBUG,
    since: Annotated[
        str | None, typer.Option(help="How far back, such as 1h, or an instant such as 2026-03-01T08:00Z.")
    ] = None,
    search: Annotated[str | None, typer.Option(help="Only entries with this text, in any case.")] = None,
    lines: Annotated[
        int | None, typer.Option("--lines", "-n", min=0, help="How many, the newest. Default: 200; all with --since.")
    ] = None,
    system: Annotated[
        UnitName | None, typer.Option(help="The log of a service of this machine, from the journal of systemd.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what the backend on this machine logs: the local one, or a service of systemd.

    What runs print is shown by: taskdeck run logs
    """
    earliest = _instant(since)
    is_shown = _filter(level, earliest, search)
    source = _source(system)
    count = lines if lines is not None or since is not None else _DEFAULT_COUNT
    shown = source.newest(is_shown, count=count, since=earliest)
    if as_json and not follow:
        print_json([entry.as_json() for entry in shown])
        return
    write = _print_json if as_json else print_log_entry
    for entry in shown:
        write(entry)
    if follow:
        for entry in filter(is_shown, source.follow(lambda: time.sleep(_POLL_SECONDS))):
            write(entry)


def _source(system: UnitName | None) -> Source:
    if system is not None:
        return JournalSource(system)
    path = log_path(current_options().data_dir or default_data_dir())
    if not path.exists() and SystemService(UnitName.BACKEND).path.exists():
        return JournalSource(UnitName.BACKEND)
    return FileSource(path)


def _instant(since: str | None) -> datetime | None:
    """Return an instant; raises a usage error for what is neither a duration nor an instant."""
    if since is None:
        return None
    try:
        return datetime.now(UTC) - parse_duration(since)
    except ValueError:
        try:
            return datetime.fromisoformat(since).astimezone()
        except ValueError as error:
            raise typer.BadParameter(f"{since!r} is neither a duration nor an instant of ISO 8601") from error


def _filter(level: Level, since: datetime | None, search: str | None) -> Callable[[LogLine], bool]:
    least = LEVELS.index(level)
    wanted = search.casefold() if search else None

    def is_shown(entry: LogLine) -> bool:
        return (
            entry.severity >= least
            and (since is None or (entry.at is not None and entry.at >= since))
            and (wanted is None or wanted in entry.shown().casefold())
        )

    return is_shown


def _print_json(entry: LogLine) -> None:
    print_json_text(json.dumps(entry.as_json(), ensure_ascii=False))
