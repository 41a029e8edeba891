"""The option `--output` of every command that prints objects: table, JSON, YAML or CSV."""

import csv
import functools
import inspect
import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from enum import StrEnum
from typing import Annotated, Any

import typer

from shared.printable_text import escaped

Command = Callable[..., None]


class OutputFormat(StrEnum):
    """How objects are printed."""

    TABLE = "table"
    JSON = "json"
    YAML = "yaml"
    CSV = "csv"


_FORMAT: ContextVar[OutputFormat] = ContextVar("output_format", default=OutputFormat.JSON)
_JSON_PARAMETER = "as_json"
_PARAMETER = "output_format"
_Option = Annotated[OutputFormat, typer.Option("--output", "-o", help="How it is printed; json is the same as --json.")]


def add_output_option(app: typer.Typer) -> None:
    """Give `--output` to each command of an application that has `--json`, and to those of its groups."""
    for command in app.registered_commands:
        if command.callback is not None:
            command.callback = _with_output(command.callback)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            add_output_option(group.typer_instance)


def _with_output(command: Command) -> Command:
    signature = inspect.signature(command, eval_str=True)
    if _JSON_PARAMETER not in signature.parameters or _PARAMETER in signature.parameters:
        return command

    @functools.wraps(command)
    def called(**values: Any) -> None:
        chosen = values.pop(_PARAMETER)
        if chosen is not OutputFormat.TABLE:
            _FORMAT.set(chosen)
            values[_JSON_PARAMETER] = True
        command(**values)

    own = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in signature.parameters.values()]
    added = inspect.Parameter(
        _PARAMETER, inspect.Parameter.KEYWORD_ONLY, default=OutputFormat.TABLE, annotation=_Option
    )
    combined = signature.replace(parameters=[*own, added])
    called.__signature__ = combined  # type: ignore[attr-defined]
    called.__annotations__ = {name: one.annotation for name, one in combined.parameters.items()}
    return called


def formatted(content: Any) -> str | None:
    """Return content in terms of JSON in the chosen format; None where that is JSON itself."""
    match _FORMAT.get():
        case OutputFormat.YAML:
            from shared.definitions.writing import write_yaml

            return write_yaml(content)
        case OutputFormat.CSV:
            return _csv(content if isinstance(content, list) else [content])
    return None


def _csv(items: Sequence[Any]) -> str:
    """Return a row for each object with a column for each of their fields; lists and objects in it are JSON."""
    rows = [item if isinstance(item, dict) else {"value": item} for item in items]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([list(_cells(row, columns)) for row in rows])
    return text.getvalue()


def _cells(row: dict[str, Any], columns: Sequence[str]) -> Iterator[str]:
    for name in columns:
        value = row.get(name)
        if value is None:
            yield ""
        elif isinstance(value, str):
            yield escaped(value, keep="\n\t")
        else:
            yield escaped(json.dumps(value, ensure_ascii=False), keep="")
