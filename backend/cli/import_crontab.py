"""`taskdeck import-crontab`: tasks from a crontab."""

from pathlib import Path
from typing import Annotated, Any

import typer

from backend.cli.connection import call
from backend.cli.exit_codes import ExitCode
from backend.cli.output import AsJson, print_json, print_table
from backend.cli.say import say
from shared.client import TaskdeckClient
from shared.crontab.kind import CrontabKind, crontab_kind
from shared.crontab.parse import CrontabJob, parse_crontab
from shared.crontab.syntax import decode_crontab
from shared.errors import ConflictError, StartupError, ValidationFailedError
from shared.schedule.description import describe
from shared.time_zones import machine_zone


def import_crontab(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A crontab, or - for standard input.")],
    folder: Annotated[str, typer.Option(help="Folder of the new tasks.")] = "crontab",
    timezone: Annotated[str | None, typer.Option(help="The crontab's time zone. Default: this machine's.")] = None,
    system: Annotated[
        bool | None,
        typer.Option(
            "--system/--user", help="Whether each line names a user before its command. Default: by the lines."
        ),
    ] = None,
    paused: Annotated[
        bool, typer.Option("--paused", help="Create the tasks paused, so that nothing runs twice.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Create the tasks; without it they are only listed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the tasks that a crontab would give; with --yes, create them.

    Existing tasks are not changed: a second import creates what the first one could not.
    """
    text, is_utf8 = decode_crontab(_read(file))
    kind = _kind(text, file=file, system=system)
    jobs = parse_crontab(text, timezone=timezone or machine_zone(), kind=kind)
    if not is_utf8:
        say("Note: the crontab is not UTF-8 and was read as Latin-1; check letters with accents.", err=True)
    created: dict[int, str] = {}
    if yes:
        created = call(lambda client: create_tasks(client, jobs, folder=folder, paused=paused))
    if as_json:
        print_json([_as_json(job, created, folder=folder) for job in jobs])
    else:
        _show(jobs, created)
        if not yes and any(job.problem is None for job in jobs):
            say("Nothing was created. Create these tasks with --yes.", err=True)
    if any(words not in ("created", "exists") for words in created.values()):
        raise typer.Exit(ExitCode.FAILED)


async def create_tasks(client: TaskdeckClient, jobs: list[CrontabJob], *, folder: str, paused: bool) -> dict[int, str]:
    """Create a task for each job without a problem; return for each line `created`, `exists` or the error."""
    created: dict[int, str] = {}
    for job in jobs:
        if job.problem is not None:
            continue
        try:
            await client.create_task(job.fields(folder=folder) | ({"status": "paused"} if paused else {}))
            created[job.line] = "created"
        except ConflictError:
            created[job.line] = "exists"
        except ValidationFailedError as error:
            created[job.line] = error.detail
    return created


def _kind(text: str, *, file: str, system: bool | None) -> CrontabKind:
    """Return the kind of the crontab; raises `typer.BadParameter` where neither options nor lines decide it."""
    if system is not None:
        return CrontabKind.SYSTEM if system else CrontabKind.USER
    kind = crontab_kind(text, path="" if file == "-" else str(Path(file).resolve()))
    if kind is CrontabKind.UNCLEAR:
        raise typer.BadParameter(
            "the first word of each command could be a user or a program; repeat with --system if it is a user "
            "(as in /etc/crontab), or with --user if it is a program (as crontab -l prints)",
            param_hint="FILE",
        )
    return kind


def _read(file: str) -> bytes:
    if file == "-":
        return typer.get_binary_stream("stdin").read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise StartupError(f"{file} cannot be read: {error.strerror}") from error


def _as_json(job: CrontabJob, created: dict[int, str], *, folder: str) -> dict[str, Any]:
    return {
        "line": job.line,
        "task": job.fields(folder=folder) if job.problem is None else None,
        "problem": job.problem,
        "notes": list(job.notes),
        "outcome": created.get(job.line),
    }


def _show(jobs: list[CrontabJob], created: dict[int, str]) -> None:
    print_table(
        ("LINE", "NAME", "SCHEDULE", "WHEN", "COMMAND", "OUTCOME"),
        (
            (
                str(job.line),
                job.name,
                job.schedule,
                describe(job.schedule) if job.problem is None else "",
                job.command.replace("\n", "⏎"),
                f"skipped: {job.problem}" if job.problem else created.get(job.line, "new"),
            )
            for job in jobs
        ),
        empty="The crontab has no job.",
    )
    for note in dict.fromkeys(note for job in jobs for note in job.notes):
        say(f"Note: {note}", err=True)
