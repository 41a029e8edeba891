"""`taskdeck service`: the local backend as a service of the user, a backend or worker as one of the machine."""

from pathlib import Path
from typing import Annotated

import typer

from backend.cli.connection_options import current_options
from backend.cli.exit_codes import ExitCode
from backend.cli.say import say
from backend.system_service import SystemService, UnitName
from shared.local_backend import default_data_dir
from shared.user_service import UserService

app = typer.Typer(no_args_is_help=True, help="Run the local backend as a service of your user; units for servers.")

DataDir = Annotated[Path | None, typer.Option(help="Folder of the local backend's database, logs and files.")]
System = Annotated[
    UnitName | None,
    typer.Option(help="A service of this machine instead, with the files in /etc/taskdeck; as root, with systemd."),
]


def _service(data_dir: Path | None) -> UserService:
    return UserService((data_dir or current_options().data_dir or default_data_dir()).absolute())


@app.command()
def install(data_dir: DataDir = None, system: System = None) -> None:
    """Install and start the service (systemd, launchd or the Windows Task Scheduler)."""
    if system is not None:
        _install_system(SystemService(system))
        return
    service = _service(data_dir)
    service.install()
    say(f"The local backend runs as a service of your user: {service.path}")


@app.command()
def remove(data_dir: DataDir = None, system: System = None) -> None:
    """Stop and remove the service. The data is kept."""
    if system is not None:
        SystemService(system).remove()
        say("The service is removed. /etc/taskdeck and all data stay.")
        return
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


def _install_system(service: SystemService) -> None:
    if service.install():
        say(f"{service.unit} runs and starts with this machine. Its log: journalctl -u {service.unit}")
        return
    say(f"Installed {service.path}. It reads these files, which do not exist yet:")
    for path in service.missing_files():
        say(f"  {path}")
    say(f"Create them as {service.path} says at its beginning, then run this again.")


@app.command()
def unit(name: Annotated[UnitName, typer.Argument(help="backend or worker.")]) -> None:
    """Print a hardened unit for systemd: a backend or a worker as a service of the machine."""
    say(SystemService(name).text().rstrip("\n"))
