"""The command line."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar

import typer

from backend.cli.exit_codes import ExitCode, exit_code_of
from backend.cli.lazy_group import LazyGroup, Place
from backend.cli.target_options import TargetOptions, set_options
from shared.errors import TaskdeckError
from shared.version import VERSION


class Commands(LazyGroup):
    """All commands but `version`."""

    places: ClassVar[Mapping[str, Place]] = {
        "up": Place("backend.cli.server_commands:up"),
        "serve": Place("backend.cli.server_commands:serve"),
        "migrate": Place("backend.cli.server_commands:migrate"),
        "login": Place("backend.cli.login_commands:login"),
        "logout": Place("backend.cli.login_commands:logout"),
        "apply": Place("backend.cli.apply:apply"),
        "doctor": Place("backend.cli.doctor:doctor"),
        "runbook": Place("backend.cli.runbook:runbook"),
        "backup": Place("backend.cli.backup_commands:backup"),
        "restore": Place("backend.cli.backup_commands:restore"),
        "preview": Place("backend.cli.preview_command:preview"),
        "import-crontab": Place("backend.cli.import_commands:import_crontab"),
        "service": Place("backend.cli.service_commands:app"),
        "worker": Place("backend.cli.worker_commands:app"),
        "task": Place("backend.cli.task_commands:app", "backend.cli.history_commands:add_to"),
        "run": Place("backend.cli.run_commands:app", "backend.cli.queue_commands:add_to"),
        "queue": Place("backend.cli.queue_commands:app"),
        "graph": Place("backend.cli.graph_command:graph"),
        "agenda": Place("backend.cli.agenda_command:agenda"),
        "calendar": Place("backend.cli.calendar_commands:app"),
        "group": Place("backend.cli.group_commands:app"),
        "alert": Place("backend.cli.alert_commands:app"),
        "backfill": Place("backend.cli.backfill_commands:app"),
        "dead-letters": Place("backend.cli.dead_letter_commands:app"),
    }


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Distributed task scheduling: the backend, its workers, and what runs on them.",
    epilog="Exit codes: 0 done, 1 failed, 2 wrong usage or value, 3 not found, 4 no answer, 5 not allowed.",
)


@app.callback()
def target(
    url: Annotated[str | None, typer.Option(envvar="TASKDECK_URL", help="The backend to talk to.")] = None,
    token: Annotated[str | None, typer.Option(envvar="TASKDECK_TOKEN", help="A token for --url.")] = None,
    data_dir: Annotated[
        Path | None, typer.Option(envvar="TASKDECK_DATA_DIR", help="The local backend's directory.")
    ] = None,
) -> None:
    """Distributed task scheduling: the backend, its workers, and what runs on them.

    Commands that talk to a backend take the one of --url, or this machine's, or the one of the last login.
    """
    set_options(TargetOptions(url, token, data_dir.absolute() if data_dir else None))


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(VERSION)


def say(error: TaskdeckError) -> None:
    """Print what went wrong, and each field that was refused, to standard error."""
    if len(error.errors) < 2:
        typer.echo(f"taskdeck: {error.detail}", err=True)
        return
    typer.echo(f"taskdeck: {len(error.errors)} values were refused:", err=True)
    for field in error.errors:
        typer.echo(f"  {field.field}: {field.message}", err=True)


def main() -> None:
    """Run the command line; an error of ours is a sentence and an exit code."""
    try:
        app()
    except TaskdeckError as error:
        say(error)
        raise SystemExit(exit_code_of(error)) from None
    except ValueError as error:
        from pydantic import ValidationError  # settings raise it; a start needs it for nothing else

        if not isinstance(error, ValidationError):
            raise
        for problem in error.errors():
            name = "TASKDECK_" + "_".join(str(part) for part in problem["loc"]).upper()
            typer.echo(f"taskdeck: {name}: {problem['msg'].removeprefix('Value error, ')}", err=True)
        raise SystemExit(ExitCode.USAGE) from None
    except BrokenPipeError:
        # Whoever read our output (head, less) has gone; Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(ExitCode.OK) from None
