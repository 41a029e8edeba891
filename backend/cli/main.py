"""The command line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar

import typer

from backend.cli.connection_options import ConnectionOptions, set_options
from backend.cli.exit_codes import ExitCode, exit_code_of
from backend.cli.lazy_group import Place, TopGroup
from backend.cli.say import say
from shared.errors import TaskdeckError
from shared.given_token import given_token
from shared.lean_imports import ModelBuilding, leave_out_command_line_of_httpx
from shared.version import VERSION


class Commands(TopGroup):
    """All commands except `version`."""

    places: ClassVar[Mapping[str, Place]] = {
        "up": Place("backend.cli.server_commands:up", is_client=False),
        "serve": Place("backend.cli.server_commands:serve", is_client=False),
        "migrate": Place("backend.cli.server_commands:migrate"),
        "create-signing-key": Place("backend.cli.server_commands:create_signing_key"),
        "rabbitmq-users": Place("backend.cli.server_commands:rabbitmq_users"),
        "login": Place("backend.cli.login_commands:login"),
        "logout": Place("backend.cli.login_commands:logout"),
        "user": Place("backend.cli.user_commands:app"),
        "grant": Place("backend.cli.grant_commands:app"),
        "token": Place("backend.cli.token_commands:app"),
        "signing-key": Place("backend.cli.signing_key_commands:app"),
        "secret": Place("backend.cli.secret_commands:app"),
        "secret-key": Place("backend.cli.secret_key_commands:app"),
        "audit": Place("backend.cli.audit_commands:app"),
        "apply": Place("backend.cli.apply:apply"),
        "diff": Place("backend.cli.apply:diff"),
        "export": Place("backend.cli.export:export"),
        "schema": Place("backend.cli.export:schema"),
        "logs": Place("backend.cli.logs:logs"),
        "top": Place("backend.cli.top:top"),
        "doctor": Place("backend.cli.doctor:doctor"),
        "docs": Place("backend.cli.docs:docs"),
        "runbook": Place("backend.cli.runbook:runbook"),
        "monitoring": Place("backend.cli.monitoring:monitoring"),
        "backup": Place("backend.cli.backup_commands:backup"),
        "restore": Place("backend.cli.backup_commands:restore"),
        "move": Place("backend.cli.move:move"),
        "remove-data": Place("backend.cli.remove_data:remove_data"),
        "preview": Place("backend.cli.preview:preview"),
        "import": Place("backend.cli.import_commands:app"),
        "import-crontab": Place("backend.cli.import_crontab:import_crontab"),
        "service": Place("backend.cli.service_commands:app"),
        "worker": Place("backend.cli.worker_start:app", is_client=False),
        "task": Place(
            "backend.cli.task_commands:app",
            ("backend.cli.task_version_commands:add_to", "backend.cli.task_summary_commands:add_to"),
        ),
        "run": Place(
            "backend.cli.run_commands:app",
            ("backend.cli.queue_commands:add_to", "backend.cli.run_detail_commands:add_to"),
        ),
        "queue": Place("backend.cli.queue_commands:app"),
        "graph": Place("backend.cli.graph:graph"),
        "agenda": Place("backend.cli.agenda:agenda"),
        "calendar": Place("backend.cli.calendar_commands:app"),
        "concurrency-group": Place("backend.cli.concurrency_group_commands:app"),
        "alert": Place("backend.cli.alert_commands:app"),
        "backfill": Place("backend.cli.backfill_commands:app"),
        "dead-letters": Place("backend.cli.dead_letter_commands:app"),
        "events": Place("backend.cli.event_commands:events"),
        "system": Place("backend.cli.system_commands:app"),
        "faults": Place("backend.cli.fault_commands:app"),
    }


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Distributed task scheduling: the backend, its workers, tasks and runs.",
    epilog="Exit codes: 0 success, 1 failure, 2 wrong usage or value, 3 not found, 4 unreachable, 5 not allowed.",
)


@app.callback()
def connection(
    context: typer.Context,
    url: Annotated[str | None, typer.Option(envvar="TASKDECK_URL", help="The backend to connect to.")] = None,
    token: Annotated[
        str | None,
        typer.Option(envvar="TASKDECK_TOKEN", help="A token for --url; better in TASKDECK_TOKEN or --token-file."),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(envvar="TASKDECK_TOKEN_FILE", help="A file with a token for --url; - asks for the token."),
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option(envvar="TASKDECK_DATA_DIR", help="The local backend's data directory.")
    ] = None,
    ca_file: Annotated[
        Path | None,
        typer.Option(envvar="TASKDECK_CA_FILE", help="Certificates of a private authority, in PEM form."),
    ] = None,
    allow_http: Annotated[
        bool, typer.Option("--allow-http", envvar="TASKDECK_ALLOW_HTTP", help="Send tokens to http:// addresses.")
    ] = False,
) -> None:
    """Distributed task scheduling: the backend, its workers, tasks and runs.

    Commands connect to the backend of --url, otherwise to this machine's, otherwise to that of the last login.
    """
    set_options(
        ConnectionOptions(
            url,
            given_token(context, token, token_file),
            data_dir.absolute() if data_dir else None,
            ca_file.absolute() if ca_file else None,
            allows_http=allow_http,
        )
    )


@app.command()
def version(
    check: Annotated[
        bool, typer.Option("--check", help="Say whether there is a newer version. Nothing is sent or updated.")
    ] = False,
    releases_url: Annotated[
        str, typer.Option(envvar="TASKDECK_RELEASES_URL", help="Where --check reads the signed announcement.")
    ] = "",
    releases_key: Annotated[
        str, typer.Option(envvar="TASKDECK_RELEASES_KEY", help="The public key of minisign that --check trusts.")
    ] = "",
) -> None:
    """Print the version."""
    if check:
        from backend.cli.newest_version import print_newest  # slow to load, which every command would pay

        print_newest(releases_url, releases_key)
    else:
        say(VERSION)


def print_error(error: TaskdeckError) -> None:
    """Print an error, and each rejected field, to standard error."""
    if len(error.errors) < 2:
        say(f"taskdeck: {error.detail}", err=True)
        return
    say(f"taskdeck: {len(error.errors)} values were rejected:", err=True)
    for field in error.errors:
        say(f"  {field.field}: {field.message}", err=True)


def main() -> None:
    """Run the command line. A `TaskdeckError` is printed as one sentence and gives the exit code."""
    leave_out_command_line_of_httpx()
    ModelBuilding.is_deferred = True
    try:
        app()
    except TaskdeckError as error:
        print_error(error)
        raise SystemExit(exit_code_of(error)) from None
    except ValueError as error:
        from pydantic import ValidationError  # raised by Settings; loaded here because a start must be fast

        if not isinstance(error, ValidationError):
            raise
        for problem in error.errors():
            name = "TASKDECK_" + "_".join(str(part) for part in problem["loc"]).upper()
            say(f"taskdeck: {name}: {problem['msg'].removeprefix('Value error, ')}", err=True)
        raise SystemExit(ExitCode.USAGE) from None
