"""The command line."""

import asyncio
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated

import typer

from shared.errors import StartupError
from shared.local_backend import default_data_dir
from shared.version import VERSION

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Distributed task scheduling.")


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(VERSION)


@app.command()
def up(
    data_dir: Annotated[Path | None, typer.Option(help="Where the local backend keeps all it has.")] = None,
    port: Annotated[int, typer.Option(help="The API's port; 0 takes a free one.")] = 0,
    headless: Annotated[bool, typer.Option(help="Open no console.")] = False,
) -> None:
    """Run everything on this machine."""
    from backend.app import run_local
    from backend.log_output import configure_logging
    from backend.settings import Settings

    settings = Settings()
    configure_logging(settings)
    folder = (data_dir or default_data_dir()).absolute()
    raise typer.Exit(asyncio.run(run_local(settings, data_dir=folder, port=port, headless=headless)))


@app.command()
def serve(
    roles: Annotated[str, typer.Option(help="Some of api, dispatcher, worker, with commas.")] = "api,dispatcher",
    host: Annotated[str | None, typer.Option(help="The API's address.")] = None,
    port: Annotated[int | None, typer.Option(help="The API's port.")] = None,
) -> None:
    """Serve on PostgreSQL and RabbitMQ."""
    from backend.app import run_servers
    from backend.log_output import configure_logging
    from backend.settings import Settings
    from shared.enums import BackendRole

    settings = Settings()
    configure_logging(settings)
    try:
        wanted = frozenset(BackendRole(role.strip()) for role in roles.split(","))
    except ValueError as error:
        raise typer.BadParameter("roles are api, dispatcher and worker, with commas") from error
    raise typer.Exit(
        asyncio.run(
            run_servers(
                settings,
                roles=wanted,
                host=host or settings.host,
                port=settings.port if port is None else port,
            )
        )
    )


@app.command()
def migrate() -> None:
    """Bring the schema up to this version's."""
    from backend.app import migrate as run
    from backend.log_output import configure_logging
    from backend.settings import Settings

    settings = Settings()
    configure_logging(settings)
    asyncio.run(run(settings))


@app.command()
def worker(
    slots: Annotated[int, typer.Option(min=1, max=10_000, help="How many runs at once.")] = 4,
    task_types: Annotated[str, typer.Option(help="The work it takes, with commas; * for all.")] = "*",
    labels: Annotated[list[str] | None, typer.Option(help="key=value; may be given more than once.")] = None,
    worker_id: Annotated[str | None, typer.Option("--id", help="Its name; by default the host's.")] = None,
    spool_dir: Annotated[Path | None, typer.Option(help="Where it keeps what must not be lost.")] = None,
) -> None:
    """Run a worker on RabbitMQ."""
    from datetime import timedelta

    from backend.broker.rabbitmq import RabbitQueue
    from backend.log_output import configure_logging
    from backend.settings import Settings
    from backend.worker.identity import take_identity
    from backend.worker.process import run_worker_process
    from backend.worker.settings import WorkerSettings

    settings = Settings()
    configure_logging(settings)
    if settings.broker_url is None:
        raise StartupError("Set TASKDECK_BROKER_URL, such as amqp://user:password@host:5672/.")
    pairs = [pair.partition("=") for pair in labels or []]
    if any(not name or not separator for name, separator, _ in pairs):
        raise typer.BadParameter("labels are key=value")
    identity = take_identity(spool_dir or default_data_dir() / "workers", worker_id=worker_id)
    wanted = WorkerSettings(
        worker_id=identity.worker_id,
        slots=slots,
        task_types=tuple(part.strip() for part in task_types.split(",") if part.strip()),
        labels={name: value for name, _, value in pairs},
        spool_dir=identity.spool_dir,
        heartbeat_interval=timedelta(seconds=settings.heartbeat_interval_seconds),
        drain_timeout=timedelta(seconds=settings.drain_timeout_seconds),
        kill_grace=timedelta(seconds=settings.kill_grace_seconds),
        signing_key=settings.signing_key,
    )
    asyncio.run(run_worker_process(wanted, RabbitQueue(settings.broker_url)))


def _add_plug_ins() -> None:
    """Add the commands of other packages that can be loaded here."""
    for entry in entry_points(group="taskdeck.commands"):
        if len(sys.argv) > 1 and sys.argv[1] == entry.name:
            try:
                app.command(entry.name)(entry.load())
            except ImportError as error:
                typer.echo(f"{entry.name} needs what is not installed ({error}).", err=True)
                raise SystemExit(1) from error


def main() -> None:
    """Run the command line; an error of ours is one sentence and the exit code 1."""
    _add_plug_ins()
    try:
        app()
    except StartupError as error:
        typer.echo(f"taskdeck: {error.detail}", err=True)
        raise SystemExit(1) from None
