"""`taskdeck up`, `serve` and `migrate`: the backend's processes."""

import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from backend import event_loop, garbage
from backend.cli.target_options import current_options
from backend.desktop import Desktop
from shared.errors import TaskdeckError
from shared.local_backend import default_data_dir


def up(
    data_dir: Annotated[Path | None, typer.Option(help="Where the local backend keeps all it has.")] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The API's port; 0 takes the last one, or one that is free.")
    ] = 0,
    headless: Annotated[bool, typer.Option(help="Open no console.")] = False,
) -> None:
    """Run everything on this machine: a PostgreSQL of its own, the backend, a worker, the console."""
    folder = (data_dir or current_options().data_dir or default_data_dir()).absolute()
    desktop = Desktop(folder, headless=headless)
    desktop.launch()
    garbage.hold()
    try:
        code = _run_beside(desktop, folder, port)
    finally:
        desktop.close()
    raise typer.Exit(code)


def _run_beside(desktop: Desktop, folder: Path, port: int) -> int:
    from backend.local_start import run_local
    from backend.log_file import LogFile, log_path
    from backend.log_output import configure_logging
    from backend.settings import Settings

    settings = Settings()
    log = LogFile(log_path(folder), sys.stderr)
    configure_logging(settings, stream=log)
    try:
        return event_loop.run(run_local(settings, data_dir=folder, port=port, desktop=desktop))
    except Exception as error:
        # Who started it may show its standard error to nobody.
        why = error.detail if isinstance(error, TaskdeckError) else "".join(traceback.format_exception(error))
        log.write_to_file(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} [error] the backend ended: {why}\n")
        raise
    finally:
        log.close()


def serve(
    roles: Annotated[str, typer.Option(help="Some of api, dispatcher, worker, with commas.")] = "api,dispatcher",
    host: Annotated[str | None, typer.Option(help="The API's address; also TASKDECK_HOST.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="The API's port; also TASKDECK_PORT.")] = None,
) -> None:
    """Serve on the PostgreSQL of TASKDECK_DATABASE_URL and the RabbitMQ of TASKDECK_BROKER_URL."""
    garbage.hold()
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
        event_loop.run(
            run_servers(
                settings,
                roles=wanted,
                host=host or settings.host,
                port=settings.port if port is None else port,
            )
        )
    )


def migrate() -> None:
    """Bring the schema of TASKDECK_DATABASE_URL up to this version's."""
    from backend.app import migrate as run
    from backend.log_output import configure_logging
    from backend.settings import Settings

    settings = Settings()
    configure_logging(settings)
    event_loop.run(run(settings))
