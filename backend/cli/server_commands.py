"""`taskdeck up`, `serve` and `migrate`: the backend's processes."""

import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from backend import event_loop, garbage
from backend.cli.connection_options import current_options
from backend.cli.say import say
from backend.desktop import Desktop
from shared.errors import StartupError, TaskdeckError
from shared.lean_imports import leave_out_rich_of_structlog
from shared.local_backend import default_data_dir


def up(
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder of the local backend's database, logs and files.")
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The API's port; 0 reuses the last one, or a free one.")
    ] = 0,
    headless: Annotated[bool, typer.Option(help="Do not open the console.")] = False,
) -> None:
    """Run everything on this machine: a database, the backend, a worker and the console."""
    folder = (data_dir or current_options().data_dir or default_data_dir()).absolute()
    desktop = Desktop(folder, headless=headless)
    desktop.launch()
    garbage.hold()
    try:
        code = _run_backend(desktop, folder, port)
    finally:
        desktop.close()
    raise typer.Exit(code)


def _run_backend(desktop: Desktop, folder: Path, port: int) -> int:
    leave_out_rich_of_structlog()
    from backend.local_start import run_local
    from backend.log_file import LogFile, log_path
    from backend.log_output import configure_logging
    from backend.process_privacy import forbid_inspection, hide_environment
    from backend.settings import Settings, secret_variables
    from backend.tracing.start import tracing

    forbid_inspection()
    settings = Settings()
    hide_environment(secret_variables())
    settings.access_log = settings.access_log or "failed"
    log = LogFile(log_path(folder), sys.stderr)
    configure_logging(settings, stream=log)
    try:
        with tracing("taskdeck-backend") as tracer:
            return event_loop.run(run_local(settings, data_dir=folder, port=port, desktop=desktop, tracer=tracer))
    except Exception as error:
        # A service manager or a desktop may discard standard error.
        why = error.detail if isinstance(error, TaskdeckError) else "".join(traceback.format_exception(error))
        log.write_to_file(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} [error] The backend ended: {why}\n")
        raise
    finally:
        log.close()


def serve(
    roles: Annotated[
        str, typer.Option(help="The roles of this process: api, dispatcher, worker, separated by commas.")
    ] = "api,dispatcher",
    host: Annotated[str | None, typer.Option(help="Address that the API listens on. Default: TASKDECK_HOST.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port that the API listens on. Default: TASKDECK_PORT.")
    ] = None,
    insecure_broker: Annotated[
        bool,
        typer.Option("--insecure-broker", help="Use RabbitMQ without keys: its clients can run commands on workers."),
    ] = False,
) -> None:
    """Run a backend with the servers of TASKDECK_DATABASE_URL and TASKDECK_BROKER_URL."""
    garbage.hold()
    leave_out_rich_of_structlog()
    from backend.log_output import configure_logging
    from backend.process_privacy import forbid_inspection, hide_environment
    from backend.server_app import run_servers
    from backend.settings import Settings, secret_variables
    from backend.tracing.start import tracing
    from shared.enums import BackendRole

    forbid_inspection()
    settings = Settings()
    hide_environment(secret_variables())
    settings.insecure_broker |= insecure_broker
    settings.access_log = settings.access_log or "all"
    configure_logging(settings)
    try:
        wanted = frozenset(BackendRole(role.strip()) for role in roles.split(","))
    except ValueError as error:
        raise typer.BadParameter("the roles are api, dispatcher and worker, separated by commas") from error
    with tracing("taskdeck-backend") as tracer:
        code = event_loop.run(
            run_servers(
                settings,
                roles=wanted,
                host=host or settings.host,
                port=settings.port if port is None else port,
                tracer=tracer,
            )
        )
    raise typer.Exit(code)


def create_signing_key(
    file: Annotated[Path, typer.Argument(help="A file that does not exist yet.")],
) -> None:
    """Create the secret of the backends, for TASKDECK_SIGNING_KEY_FILE."""
    from backend.broker.keys import new_secret_text, write_secret

    try:
        write_secret(file, new_secret_text())
    except OSError as error:
        raise StartupError(f"{file} cannot be created: {error.strerror}.") from error
    say(f"Created {file}. Copy it to each machine with a backend, and set TASKDECK_SIGNING_KEY_FILE to it.")


def rabbitmq_users(
    workers: Annotated[list[str] | None, typer.Argument(metavar="[WORKER]...", help="Ids of workers.")] = None,
    vhost: Annotated[str, typer.Option(help="The virtual host.")] = "/",
) -> None:
    """Print the commands that give the backends and each worker a user of their own on RabbitMQ."""
    from backend.broker.rabbitmq.permissions import backend_commands, worker_commands

    commands = backend_commands(vhost=vhost)
    for worker in workers or []:
        commands += worker_commands(worker, vhost=vhost)
    say("\n".join(commands))


def migrate() -> None:
    """Upgrade the schema of TASKDECK_DATABASE_URL to this version."""
    from backend.log_output import configure_logging
    from backend.server_app import migrate as run
    from backend.settings import Settings

    settings = Settings()
    configure_logging(settings)
    event_loop.run(run(settings))
