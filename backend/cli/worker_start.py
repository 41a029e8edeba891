"""`taskdeck worker`: runs a worker. The commands that manage workers are loaded when one of them is used."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar

import typer

from backend import event_loop
from backend.cli.lazy_group import LazyGroup, Place
from shared.errors import StartupError
from shared.lean_imports import leave_out_rich_of_structlog
from shared.local_backend import default_data_dir


class WorkerCommands(LazyGroup):
    """What manages workers over the API. A worker itself does without the client: half a second and 10 MB less."""

    places: ClassVar[Mapping[str, Place]] = {
        "list": Place("backend.cli.worker_commands:list_workers"),
        "show": Place("backend.cli.worker_commands:show"),
        "drain": Place("backend.cli.worker_commands:drain"),
        "resume": Place("backend.cli.worker_commands:resume"),
        "enroll": Place("backend.cli.worker_commands:enroll"),
        "revoke": Place("backend.cli.worker_commands:revoke"),
        "delete": Place("backend.cli.worker_commands:delete"),
    }


app = typer.Typer(cls=WorkerCommands, invoke_without_command=True, help="Run a worker, or manage workers.")


@app.callback()
def worker(
    context: typer.Context,
    slots: Annotated[int, typer.Option(min=1, max=10_000, help="Maximum concurrent runs.")] = 4,
    task_types: Annotated[str, typer.Option(help="Accepted task types, separated by commas; * for all.")] = "*",
    labels: Annotated[
        list[str] | None, typer.Option("--label", "--labels", help="A label, name=value. Repeatable.")
    ] = None,
    worker_id: Annotated[str | None, typer.Option("--id", help="The worker's id. Default: the host name.")] = None,
    spool_dir: Annotated[
        Path | None, typer.Option(help="Folder for unacknowledged results. Default: below the data directory.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="TOML file of what the worker may run. Default: TASKDECK_WORKER_CONFIG.")
    ] = None,
    insecure_broker: Annotated[
        bool, typer.Option("--insecure-broker", help="Use RabbitMQ without a key: its clients can run commands here.")
    ] = False,
) -> None:
    """Run a worker with the RabbitMQ of TASKDECK_BROKER_URL; or, with a command, manage workers."""
    if context.invoked_subcommand is not None:
        return
    leave_out_rich_of_structlog()
    import structlog

    from backend.broker.rabbitmq import RabbitBroker
    from backend.exposure import exposures
    from backend.log_output import configure_logging
    from backend.process_privacy import forbid_inspection, hide_environment
    from backend.settings import Settings, secret_variables
    from backend.tracing.start import tracing
    from backend.worker.identity import claim_identity
    from backend.worker.key import find_key
    from backend.worker.settings import WorkerSettings
    from backend.worker.worker_process import run_worker_process

    forbid_inspection()
    settings = Settings(worker_config=config) if config is not None else Settings()
    settings.insecure_broker |= insecure_broker
    hide_environment(secret_variables())
    configure_logging(settings)
    for one in exposures(settings, default_ssl_mode=os.environ.get("PGSSLMODE")):
        structlog.get_logger().warning("A connection is not protected.", setting=one.setting, detail=one.detail)
    if settings.broker_url is None:
        raise StartupError("Set TASKDECK_BROKER_URL, such as amqp://user:password@host:5672/.")
    pairs = [pair.partition("=") for pair in labels or []]
    if any(not name or not separator for name, separator, _ in pairs):
        raise typer.BadParameter("labels must be name=value")
    key = find_key(settings.worker_key, worker_id=worker_id, is_insecure=settings.insecure_broker)
    folder = spool_dir or default_data_dir() / "workers"
    identity = claim_identity(folder, worker_id=key.worker_id if key is not None else worker_id)
    worker_settings = WorkerSettings.from_settings(
        settings,
        identity,
        slots=slots,
        drain_timeout=settings.drain_timeout,
        key=key,
        task_types=tuple(part.strip() for part in task_types.split(",") if part.strip()),
        labels={name: value for name, _, value in pairs},
    )
    broker = RabbitBroker(settings.broker_url, declares=key is None)
    with tracing("taskdeck-worker") as tracer:
        event_loop.run(run_worker_process(worker_settings, broker, wait_at_start=settings.wait_at_start, tracer=tracer))


@app.command()
def check(file: Annotated[Path, typer.Argument(help="The configuration of a worker.")]) -> None:
    """Check the configuration of a worker, and print what it permits."""
    from backend.cli.output import print_json
    from backend.worker.owner_rules import read_rules
    from backend.worker.run_user import RunUsers

    rules = read_rules(file)
    RunUsers(rules.commands.run_as, rules.allow.users)
    print_json(rules.model_dump(mode="json", exclude_none=True))
