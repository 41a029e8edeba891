"""`taskdeck export` and `taskdeck schema`: definitions as files."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import BaseModel

from backend.cli.connection import call
from backend.cli.lookup import pages
from backend.cli.output import write_output
from backend.cli.say import say
from shared.client import TaskdeckClient
from shared.definitions.export import (
    exported_calendar,
    exported_channel,
    exported_concurrency_group,
    exported_rule,
    exported_task,
    is_masked,
)
from shared.definitions.schema import definitions_schema
from shared.definitions.writing import SCHEMA_FILE, write_definitions
from shared.errors import ForbiddenError, NotFoundError, StartupError
from shared.models.alert import Channel, Rule
from shared.models.concurrency_group import ConcurrencyGroup
from shared.models.definitions import Section
from shared.models.schedule import Calendar
from shared.models.task import Task
from shared.systemd.exporting import export_timers

T = TypeVar("T", bound=BaseModel)

_MOST = 1_000_000
_AT_ONCE = 8
"""Requests for upstream tasks that the export does not contain."""
Folder = Annotated[str | None, typer.Option(help="Only tasks in this folder and below it.")]
Label = Annotated[str | None, typer.Option(help="Only tasks with this label, name:value.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="The file to write. Default: standard output.")]


async def read_tasks(client: TaskdeckClient, *, folder: str | None, label: str | None) -> list[Task]:
    """Return the tasks of a filter by name."""
    found = await pages(client, "/api/tasks", limit=_MOST, folder=folder, label=label, sort="name")
    return [Task.model_validate(one) for one in found]


async def upstream_names(client: TaskdeckClient, tasks: Sequence[Task]) -> dict[int, str]:
    """Return the names of the tasks and of those that they depend on, except those that the user may not read."""
    names = {task.id: task.name for task in tasks}
    missing = {edge.task_id for task in tasks for edge in task.depends_on} - names.keys()
    turns = asyncio.Semaphore(_AT_ONCE)

    async def find(task_id: int) -> None:
        async with turns:
            try:
                names[task_id] = (await client.get_task(task_id)).name
            except NotFoundError:
                return

    async with asyncio.TaskGroup() as group:
        for task_id in sorted(missing):
            group.create_task(find(task_id))
    return names


async def read_definitions_of(
    client: TaskdeckClient, sections: Sequence[Section], *, folder: str | None, label: str | None
) -> tuple[dict[Section, list[dict[str, Any]]], list[str]]:
    """Return what a backend has as files define it, and notes on what is missing."""
    found: dict[Section, list[dict[str, Any]]] = {}
    notes: list[str] = []

    async def whole(path: str, kind: type[T]) -> list[T]:
        return [kind.model_validate(one) for one in await pages(client, path, limit=_MOST)]

    if Section.CALENDARS in sections:
        calendars = await whole("/api/calendars", Calendar)
        found[Section.CALENDARS] = [exported_calendar(one) for one in calendars]
    if Section.CONCURRENCY_GROUPS in sections:
        groups = await whole("/api/concurrency-groups", ConcurrencyGroup)
        found[Section.CONCURRENCY_GROUPS] = [exported_concurrency_group(one) for one in groups]
    if Section.CHANNELS in sections:
        try:
            channels = await whole("/api/alerts/channels", Channel)
            found[Section.CHANNELS] = [exported_channel(one) for one in channels]
        except ForbiddenError as error:
            notes.append(f"Channels are missing: {error.detail}")
    if Section.RULES in sections:
        found[Section.RULES] = [exported_rule(one) for one in await whole("/api/alerts/rules", Rule)]
    if Section.TASKS in sections:
        tasks = await read_tasks(client, folder=folder, label=label)
        names = await upstream_names(client, tasks)
        found[Section.TASKS] = [exported_task(task, names) for task in tasks]
        masked = [task.name for task in tasks if is_masked(task)]
        if masked:
            notes.append(
                f"The environment of {len(masked):,} tasks is missing, because its values are hidden from you: "
                f"{', '.join(masked[:5])}{', …' if len(masked) > 5 else ''}"
            )
        unnamed = sum(edge.task_id not in names for task in tasks for edge in task.depends_on)
        if unnamed:
            notes.append(f"{unnamed} dependencies have ids, because you may not read the tasks that they wait for.")
    return found, notes


def export(
    folder: Folder = None,
    label: Label = None,
    only: Annotated[
        list[Section] | None, typer.Option(help="Only definitions of this kind. Repeatable. Default: all.")
    ] = None,
    out: Out = None,
    systemd_timers: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write a timer and a service of systemd for each task there.")
    ] = None,
    schema: Annotated[
        str, typer.Option(help="Where editors find the schema that `taskdeck schema` prints, as a path or a URL.")
    ] = SCHEMA_FILE,
) -> None:
    """Write tasks, calendars, concurrency groups, channels and rules as a YAML file that `taskdeck apply` reads.

    With --folder or --label, tasks only. Fields that have their defaults are left out. Addresses and headers of
    channels are secrets: in their place are variables, which apply reads from its environment.
    """
    if systemd_timers is not None:
        _write_timers(call(lambda client: read_tasks(client, folder=folder, label=label)), systemd_timers)
        return
    sections = only or ([Section.TASKS] if folder is not None or label is not None else list(Section))
    found, notes = call(lambda client: read_definitions_of(client, sections, folder=folder, label=label))
    write_output(write_definitions(found, schema=schema), out)
    for note in notes:
        say(f"Note: {note}", err=True)
    _say_variables(found)


def _write_timers(tasks: Sequence[Task], folder: Path) -> None:
    """Write the units of tasks into a folder, and say for each what they do not express."""
    exported = export_timers(tasks)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StartupError(f"{folder} cannot be created: {error.strerror}") from error
    for one in exported:
        for name, text in one.files.items():
            write_output(text, folder / name)
        if one.problem is not None:
            say(f"{one.task}: left out: {one.problem}.", err=True)
        for note in one.notes:
            say(f"{one.task}: {note}.", err=True)
    written = sum(bool(one.files) for one in exported)
    say(
        f"Wrote {written:,} timers and their services to {folder}. Nothing was started: copy them to "
        "/etc/systemd/system, then: systemctl daemon-reload; systemctl enable --now NAME.timer",
        err=True,
    )


def _say_variables(found: Mapping[Section, Sequence[Mapping[str, Any]]]) -> None:
    named = [one["name"] for one in found.get(Section.CHANNELS, []) if "url" in one or "headers" in one]
    if named:
        say(f"Note: the secrets of {', '.join(named)} are not in the file; it names variables for them.", err=True)


def schema(out: Out = None) -> None:
    """Print the JSON schema of files for `taskdeck apply`, by which editors complete and check them."""
    write_output(json.dumps(definitions_schema(), indent=2, ensure_ascii=False) + "\n", out)
