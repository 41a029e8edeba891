"""A task's fields from the options of the command line."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer
import yaml

from shared.plain_yaml import load_yaml

Executor = Annotated[str | None, typer.Option(help="What runs it: shell, http, …")]
Command = Annotated[str | None, typer.Option("--command", "-c", help="What to run.")]
Argument = Annotated[list[str] | None, typer.Option("--arg", help="An argument; may be given more than once.")]
Environment = Annotated[list[str] | None, typer.Option("--env", help="NAME=value; may be given more than once.")]
Label = Annotated[list[str] | None, typer.Option("--label", help="name=value; may be given more than once.")]
Schedule = Annotated[str | None, typer.Option(help='Cron, such as "0 3 * * 1-5"; "" for none.')]
Zone = Annotated[str | None, typer.Option("--timezone", help="The schedule's zone, such as Europe/Berlin.")]
Priority = Annotated[str | None, typer.Option(help="low, normal, high or critical.")]
Timeout = Annotated[int | None, typer.Option(help="Seconds after which a run is ended.")]
Retries = Annotated[int | None, typer.Option(help="How often a failed run is tried again.")]
Folder = Annotated[str | None, typer.Option(help="Where it is listed, such as finance/daily.")]
Description = Annotated[str | None, typer.Option(help="What it is for.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="field=value for any field of a task, the value as YAML; may be given more than once."),
]


def pairs(values: Sequence[str] | None, *, option: str) -> dict[str, str] | None:
    """Return `name=value` texts as a mapping; raises a usage error for one without `=`."""
    if values is None:
        return None
    found: dict[str, str] = {}
    for text in values:
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise typer.BadParameter(f"{option} {text!r} is not NAME=value")
        found[name] = value
    return found


def given(**fields: Any) -> dict[str, Any]:
    """Return the fields that were given."""
    return {name: value for name, value in fields.items() if value is not None}


def settings(values: Sequence[str] | None) -> dict[str, Any]:
    """Return the fields of `--set`."""
    found: dict[str, Any] = {}
    for name, text in (pairs(values, option="--set") or {}).items():
        try:
            found[name] = load_yaml(text)
        except yaml.YAMLError as error:
            raise typer.BadParameter(f"--set {name}: {text!r} is not YAML") from error
    return found


def fields_of(
    *,
    executor: str | None,
    command: str | None,
    arguments: list[str] | None,
    environment: list[str] | None,
    labels: list[str] | None,
    schedule: str | None,
    timezone: str | None,
    priority: str | None,
    timeout: int | None,
    retries: int | None,
    folder: str | None,
    description: str | None,
    extra: list[str] | None,
) -> dict[str, Any]:
    """Return the API's fields for what was given."""
    fields = given(
        executor=executor,
        command=command,
        arguments=arguments or None,
        environment=pairs(environment or None, option="--env"),
        labels=pairs(labels or None, option="--label"),
        timezone=timezone,
        priority=priority,
        timeout_seconds=timeout,
        retry_count=retries,
        folder=folder,
        description=description,
    )
    if schedule is not None:
        fields["schedule"] = schedule or None
    return {**fields, **settings(extra)}
