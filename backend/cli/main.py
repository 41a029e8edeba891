"""The command line."""

import os
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from backend.cli import (
    alert_commands,
    apply,
    backfill_commands,
    backup_commands,
    calendar_commands,
    dead_letter_commands,
    doctor,
    group_commands,
    history_commands,
    import_commands,
    login_commands,
    preview_command,
    queue_commands,
    run_commands,
    runbook,
    server_commands,
    service_commands,
    task_commands,
    worker_commands,
)
from backend.cli.exit_codes import ExitCode, exit_code_of
from backend.cli.target import TargetOptions, set_options
from shared.errors import TaskdeckError
from shared.version import VERSION

app = typer.Typer(
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


for command in (
    server_commands.up,
    server_commands.serve,
    server_commands.migrate,
    login_commands.login,
    login_commands.logout,
    apply.apply,
    doctor.doctor,
    runbook.runbook,
    backup_commands.backup,
    backup_commands.restore,
    preview_command.preview,
):
    app.command()(command)
app.add_typer(service_commands.app, name="service")
app.command("import-crontab")(import_commands.import_crontab)
app.add_typer(worker_commands.app, name="worker")
app.add_typer(task_commands.app, name="task")
history_commands.add_to(task_commands.app)
app.add_typer(run_commands.app, name="run")
queue_commands.add_to(run_commands.app)
app.add_typer(queue_commands.app, name="queue")
app.add_typer(calendar_commands.app, name="calendar")
app.add_typer(group_commands.app, name="group")
app.add_typer(alert_commands.app, name="alert")
app.add_typer(backfill_commands.app, name="backfill")
app.add_typer(dead_letter_commands.app, name="dead-letters")


def _add_plug_ins() -> None:
    """Add the commands of other packages; one is loaded only when it is asked for, or listed by a help text."""
    for entry in entry_points(group="taskdeck.commands"):
        if entry.name in sys.argv[1:]:
            try:
                app.command(entry.name)(entry.load())
            except ImportError as error:
                typer.echo(
                    f"taskdeck {entry.name} needs what is not installed ({error}). "
                    f"Install it: pip install 'taskdeck[{entry.name}]'",
                    err=True,
                )
                raise SystemExit(ExitCode.FAILED) from error
        else:
            app.command(entry.name, help=f"Open the {entry.name}.")(_not_loaded)


def _not_loaded() -> None:
    """Stand in the list of commands."""


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
    _add_plug_ins()
    try:
        app()
    except TaskdeckError as error:
        say(error)
        raise SystemExit(exit_code_of(error)) from None
    except ValidationError as error:
        for problem in error.errors():
            name = "TASKDECK_" + "_".join(str(part) for part in problem["loc"]).upper()
            typer.echo(f"taskdeck: {name}: {problem['msg'].removeprefix('Value error, ')}", err=True)
        raise SystemExit(ExitCode.USAGE) from None
    except BrokenPipeError:
        # Whoever read our output (head, less) has gone; Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(ExitCode.OK) from None
