"""The options of `task create` and `task edit`, stated once, and the fields of a task that they give."""

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from backend.cli.completion import complete_folder
from backend.cli.option_groups import with_options

Argument = Annotated[list[str] | None, typer.Option(help="An argument of the command. Repeatable.")]
Environment = Annotated[list[str] | None, typer.Option(help="An environment variable, NAME=value. Repeatable.")]
Priority = Annotated[str | None, typer.Option(help="low, normal, high or critical.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOptions:
    """What the command line says about a task; None, or an empty list, where an option was not given."""

    executor: Annotated[str | None, typer.Option(help="The executor: shell, http, noop or a plug-in's.")] = None
    command: Annotated[str | None, typer.Option("--command", "-c", help="The command line or script.")] = None
    arg: Argument = None
    env: Environment = None
    label: Annotated[list[str] | None, typer.Option(help="A label, name=value. Repeatable.")] = None
    schedule: Annotated[str | None, typer.Option(help='Such as "0 3 * * 1-5" or "every 90s"; "" for none.')] = None
    timezone: Annotated[str | None, typer.Option(help="The schedule's time zone, such as Europe/Berlin.")] = None
    priority: Priority = None
    timeout: Annotated[int | None, typer.Option(help="Seconds after which a run is terminated.")] = None
    retries: Annotated[int | None, typer.Option(help="How many times a failed run is retried.")] = None
    folder: Annotated[
        str | None, typer.Option(help="The folder, such as finance/daily.", autocompletion=complete_folder)
    ] = None
    description: Annotated[str | None, typer.Option(help="A description.")] = None
    run_as: Annotated[
        str | None, typer.Option(help="The user of the worker's machine that runs it, if its owner permits it.")
    ] = None
    set: Annotated[list[str] | None, typer.Option(help="field=value for any field, in YAML. Repeatable.")] = None

    def fields(self) -> dict[str, Any]:
        """Return the given options as the API's fields of a task; those of `--set` win."""
        fields = given(
            executor=self.executor,
            command=self.command,
            arguments=self.arg or None,
            environment=pairs(self.env or None, option="--env"),
            labels=pairs(self.label or None, option="--label"),
            timezone=self.timezone,
            priority=self.priority,
            timeout_seconds=self.timeout,
            retry_count=self.retries,
            folder=self.folder,
            description=self.description,
            run_as=self.run_as,
        )
        if self.schedule is not None:
            fields["schedule"] = self.schedule or None
        return {**fields, **_set_fields(self.set)}


with_task_options = with_options(TaskOptions, parameter="options")


def pairs(values: Sequence[str] | None, *, option: str) -> dict[str, str] | None:
    """Return `name=value` texts as a mapping; raises a usage error for one without `=`."""
    if values is None:
        return None
    split = [(text, *text.partition("=")) for text in values]
    wrong = [repr(text) for text, name, separator, _ in split if not separator or not name]
    if wrong:
        raise typer.BadParameter(f"{option} {', '.join(wrong)}: not NAME=value")
    return {name: value for _, name, _, value in split}


def given(**fields: Any) -> dict[str, Any]:
    """Return the fields that are not None."""
    return {name: value for name, value in fields.items() if value is not None}


def _set_fields(values: Sequence[str] | None) -> dict[str, Any]:
    """Return the fields of `--set`, whose values are YAML."""
    given_values = pairs(values, option="--set")
    if not given_values:
        return {}
    import yaml  # slow to load, and most commands set no such field

    from shared.plain_yaml import load_yaml

    found: dict[str, Any] = {}
    for name, text in given_values.items():
        try:
            found[name] = load_yaml(text)
        except yaml.YAMLError as error:
            quoted = shlex.quote(f"{name}={json.dumps(text, ensure_ascii=False)}")
            raise typer.BadParameter(
                f"--set {name}: {text!r} is not YAML; put the value in quotes: --set {quoted}"
            ) from error
    return found
