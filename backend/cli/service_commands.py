"""`taskdeck service`: the local backend kept running by the user's service manager."""

from pathlib import Path
from typing import Annotated

import typer

from backend.cli.exit_codes import ExitCode
from backend.cli.target_options import current_options
from shared.local_backend import default_data_dir
from shared.user_service import UserService

app = typer.Typer(no_args_is_help=True, help="Keep the backend of this machine running, from your sign-in on.")

DataDir = Annotated[Path | None, typer.Option(help="Where the local backend keeps all it has.")]


def _service(data_dir: Path | None) -> UserService:
    return UserService((data_dir or current_options().data_dir or default_data_dir()).absolute())


@app.command()
def install(data_dir: DataDir = None) -> None:
    """Install a service of your user and start it (systemd, launchd, or a task at sign-in)."""
    service = _service(data_dir)
    service.install()
    typer.echo(f"The backend of this machine runs as a service of your user: {service.path}")


@app.command()
def remove(data_dir: DataDir = None) -> None:
    """Stop the service and remove it; the data stays."""
    service = _service(data_dir)
    service.remove()
    typer.echo("The service is removed; the data stays where it is.")


@app.command()
def status(data_dir: DataDir = None) -> None:
    """Say whether the service is installed and runs; exit code 3 where it is not installed."""
    found = _service(data_dir).status()
    if not found.is_installed:
        typer.echo("The service is not installed. Install it: taskdeck service install")
        raise typer.Exit(ExitCode.NOT_FOUND)
    running = {True: "and runs", False: "and does not run", None: ""}[found.is_running]
    typer.echo(f"The service is installed ({found.path}) {running}".rstrip())
