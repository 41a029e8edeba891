"""`taskdeck import systemd`: tasks from timers of systemd."""

from pathlib import Path
from typing import Annotated, Any

import typer

from backend.cli.connection import call
from backend.cli.exit_codes import ExitCode
from backend.cli.output import AsJson, print_json, print_table
from backend.cli.say import say
from shared.client import TaskdeckClient
from shared.errors import ConflictError, StartupError, ValidationFailedError
from shared.schedule.description import describe
from shared.systemd.importing import TimerTask, import_timers
from shared.systemd.unit_file import Unit
from shared.time_zones import machine_zone

_SUFFIX = ".timer"


class UnitFolders:
    """Reads units from the folders of the named timers, with their drop-ins and templates."""

    def __init__(self, files: list[Path]) -> None:
        self._folders = list(dict.fromkeys(file.parent for file in files))

    def read(self, name: str) -> Unit | None:
        """Return a unit, or None if none of the folders has it."""
        prefix, at, _ = name.partition("@")
        template = f"{prefix}@.{name.rpartition('.')[2]}" if at else name
        for folder in self._folders:
            for own in dict.fromkeys((name, template)):
                if (folder / own).is_file():
                    return self._whole(name, [folder / own, *self._drop_ins(own)])
        return None

    def _drop_ins(self, name: str) -> list[Path]:
        return sorted(
            (file for folder in self._folders for file in (folder / f"{name}.d").glob("*.conf")),
            key=lambda file: file.name,
        )

    def _whole(self, name: str, files: list[Path]) -> Unit:
        unit = Unit(name)
        for file in files:
            unit.read(_text(file))
        return unit


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StartupError(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _timers(paths: list[Path]) -> list[Path]:
    """Return the timers of files and folders; raises `StartupError` for a path that has none."""
    found: list[Path] = []
    for path in paths:
        own = sorted(path.glob(f"*{_SUFFIX}")) if path.is_dir() else [path]
        if not own or any(file.suffix != _SUFFIX or not file.is_file() for file in own):
            raise StartupError(f"{path} is not a timer such as backup.timer, or a folder that has some.")
        found += own
    return list(dict.fromkeys(found))


def import_systemd(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Timers, or folders such as /etc/systemd/system.")
    ],
    folder: Annotated[str, typer.Option(help="Folder of the new tasks.")] = "systemd",
    timezone: Annotated[str | None, typer.Option(help="The timers' time zone. Default: this machine's.")] = None,
    active: Annotated[
        bool, typer.Option("--active", help="Create the tasks active: disable their timers before, or both run.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Create the tasks; without it they are only listed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the tasks that timers of systemd and their services would give; with --yes, create them paused.

    Nothing is started or stopped, and systemd is not asked: the files are read. What a task cannot express is printed
    for each unit. Existing tasks are not changed.
    """
    files = _timers(paths)
    names = list(dict.fromkeys(file.name for file in files))
    found = import_timers(names, UnitFolders(files).read, timezone=timezone or machine_zone(), folder=folder)
    created: dict[str, str] = {}
    if yes:
        created = call(lambda client: create_tasks(client, found, is_active=active))
    if as_json:
        print_json([_as_json(one, created) for one in found])
    else:
        _show(found, created)
        if not yes and any(one.problem is None for one in found):
            say("Nothing was created. Create these tasks with --yes.", err=True)
        if "created" in created.values() and not active:
            say(
                "The tasks are paused, because their timers still run. For each: systemctl disable --now NAME.timer; "
                "taskdeck task resume NAME",
                err=True,
            )
    if any(words not in ("created", "exists") for words in created.values()):
        raise typer.Exit(ExitCode.FAILED)


async def create_tasks(client: TaskdeckClient, found: list[TimerTask], *, is_active: bool) -> dict[str, str]:
    """Create each task without a problem; return for each name `created`, `exists` or the error."""
    created: dict[str, str] = {}
    for one in found:
        if one.problem is not None:
            continue
        try:
            await client.create_task({**one.fields, "status": "active" if is_active else "paused"})
            created[one.name] = "created"
        except ConflictError:
            created[one.name] = "exists"
        except ValidationFailedError as error:
            created[one.name] = error.detail
    return created


def _as_json(one: TimerTask, created: dict[str, str]) -> dict[str, Any]:
    return {
        "unit": one.unit,
        "task": dict(one.fields) if one.problem is None else None,
        "problem": one.problem,
        "notes": list(one.notes),
        "outcome": created.get(one.name),
    }


def _show(found: list[TimerTask], created: dict[str, str]) -> None:
    print_table(
        ("UNIT", "NAME", "SCHEDULE", "WHEN", "COMMAND", "OUTCOME"),
        (
            (
                one.unit,
                one.name,
                str(one.fields.get("schedule", "")),
                describe(str(one.fields["schedule"])) if one.problem is None else "",
                str(one.fields.get("command", "")).replace("\n", "⏎"),
                f"skipped: {one.problem}" if one.problem else created.get(one.name, "new"),
            )
            for one in found
        ),
        empty="There are no timers.",
    )
    for one in found:
        for note in one.notes:
            say(f"{one.name}: {note}", err=True)
