"""`taskdeck service`: the local backend as a service of the user."""

import importlib.resources
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from backend.cli.connection_options import current_options
from backend.cli.exit_codes import ExitCode
from backend.cli.say import say
from shared.local_backend import default_data_dir
from shared.user_service import UserService, own_command

app = typer.Typer(no_args_is_help=True, help="Run the local backend as a service of your user; units for servers.")

DataDir = Annotated[Path | None, typer.Option(help="Folder of the local backend's database, logs and files.")]


def _service(data_dir: Path | None) -> UserService:
    return UserService((data_dir or current_options().data_dir or default_data_dir()).absolute())


@app.command()
def install(data_dir: DataDir = None) -> None:
    """Install and start the service (systemd, launchd or the Windows Task Scheduler)."""
    service = _service(data_dir)
    service.install()
    say(f"The local backend runs as a service of your user: {service.path}")


@app.command()
def remove(data_dir: DataDir = None) -> None:
    """Stop and remove the service. The data is kept."""
    service = _service(data_dir)
    service.remove()
    say("The service is removed. The data is kept.")


@app.command()
def status(data_dir: DataDir = None) -> None:
    """Print whether the service is installed and runs. The exit code is 3 if it is not installed."""
    found = _service(data_dir).status()
    if not found.is_installed:
        say("The service is not installed. Install it with: taskdeck service install")
        raise typer.Exit(ExitCode.NOT_FOUND)
    running = {True: "and runs", False: "and does not run", None: ""}[found.is_running]
    say(f"The service is installed ({found.path}) {running}".rstrip())


class UnitName(StrEnum):
    """What runs on a server."""

    BACKEND = "backend"
    WORKER = "worker"


@app.command()
def unit(name: Annotated[UnitName, typer.Argument(help="backend or worker.")]) -> None:
    """Print a hardened unit for systemd: a backend or a worker as a service of the machine."""
    text = importlib.resources.files("resources").joinpath("systemd", f"taskdeck-{name}.service")
    say(text.read_text(encoding="utf-8").replace("@TASKDECK@", own_command()).rstrip("\n"))
