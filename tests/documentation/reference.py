"""The pages of the documentation that are generated from the code, and those that a document of the repository is."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from typer.main import get_command

from backend.api import application, metrics
from backend.cli.exit_codes import ExitCode
from backend.cli.main import app
from shared.enums import EventType
from shared.models.task import TaskFields

ROOT = Path(__file__).parents[2]
_DOCUMENTS = {
    "operate/security.md": "SECURITY.md",
    "operate/runbook.md": "resources/docs/runbook.md",
    "design/architecture.md": "ARCHITECTURE.md",
    "design/contributing.md": "CONTRIBUTING.md",
    "design/changelog.md": "CHANGELOG.md",
}
_LINK = re.compile(r"\]\((ARCHITECTURE|CHANGELOG|CONTRIBUTING|SECURITY)\.md\)")
_PLACES = {Path(source).stem: page for page, source in _DOCUMENTS.items()}
_MEANINGS = {
    ExitCode.OK: "success",
    ExitCode.FAILED: "failure; of `task trigger --wait`, a run that did not succeed",
    ExitCode.USAGE: "wrong usage or value",
    ExitCode.NOT_FOUND: "what was named does not exist",
    ExitCode.UNREACHABLE: "the backend, the database or the broker cannot be reached",
    ExitCode.NOT_ALLOWED: "not signed in, or not permitted",
}
SCHEMA = "reference/task.schema.json"


def pages() -> Mapping[str, str]:
    """Return the text of each generated page by its place."""
    return {
        "reference/command-line.md": "\n".join(_command_line()),
        "reference/api.md": "\n".join(_api()),
        "reference/metrics.md": "\n".join(_metrics()),
        "reference/events.md": "\n".join(_events()),
        "reference/exit-codes.md": "\n".join(_exit_codes()),
        "reference/task-file.md": "\n".join(_task_file()),
        SCHEMA: json.dumps(_schema(), indent=2),
        **{page: _document(source) for page, source in _DOCUMENTS.items()},
    }


def _document(source: str) -> str:
    return _LINK.sub(lambda found: f"](../{_PLACES[found[1]]})", (ROOT / source).read_text(encoding="utf-8"))


def _cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")


def _command_line() -> Iterator[str]:
    yield "# Command line"
    yield "Every command has `--help`; lists and objects have `--json`. Exit codes: [Exit codes](exit-codes.md).\n"
    command: Any = get_command(app)
    yield from _options(command)
    for name in sorted(command.list_commands(None)):
        yield from _command(command.get_command(None, name), f"taskdeck {name}", "##")


def _command(command: Any, path: str, level: str) -> Iterator[str]:
    yield f"\n{level} {path}"
    yield _cell((command.help or "").split("\n\n")[0]) + "\n"
    if hasattr(command, "list_commands"):
        for name in command.list_commands(None):
            yield from _command(command.get_command(None, name), f"{path} {name}", level + "#")
    else:
        yield from _options(command)


def _options(command: Any) -> Iterator[str]:
    rows = []
    for one in command.params:
        name = ", ".join(f"`{option}`" for option in (*one.opts, *one.secondary_opts))
        if one.param_type_name == "argument":
            name = f"`{(one.metavar or one.name or '').upper()}`"
        help_text = getattr(one, "help", None) or ""
        if not getattr(one, "hidden", False):
            rows.append(f"| {name} | {_cell(help_text)} |")
    if rows:
        yield from ("| option | meaning |", "| --- | --- |", *rows)


def _api() -> Iterator[str]:
    api = FastAPI()
    for module in application.ROUTE_MODULES:
        api.include_router(module.router)
    yield "# HTTP API"
    yield "A backend serves the same with examples at `/docs` and `/redoc`, and as OpenAPI at `/openapi.json`.\n"
    yield "Errors are problem documents (RFC 9457). The API only grows: fields and routes are added, never removed.\n"
    yield "| method | path | does |"
    yield "| --- | --- | --- |"
    for path, operations in sorted(api.openapi()["paths"].items()):
        for method, operation in operations.items():
            said = operation.get("description") or operation["summary"]
            yield f"| {method.upper()} | `{path}` | {_cell(said.split(chr(10) * 2)[0])} |"


def _metrics() -> Iterator[str]:
    yield "# Metrics"
    yield "Prometheus reads them at `/metrics`, with a token of the scope `read`, or at a port of their own. What is"
    yield "said to be the same on each replica is read once: `max without (instance)`. The names `taskdeck_*` of"
    yield "version 0.1 stay as aliases for one version.\n"
    yield "| name | meaning |"
    yield "| --- | --- |"
    for file in sorted(Path(metrics.__file__).parent.glob("*.py")):
        for name, meaning in _described_metrics(ast.parse(file.read_text(encoding="utf-8"))):
            yield f"| `{name}` | {_cell(meaning)} |"


def _described_metrics(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Return each name of a metric that is written beside its meaning: in a call, or in a line of a table."""
    constants = {
        one.targets[0].id: _text(one.value, {})
        for one in module.body
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)
    }
    for node in ast.walk(module):
        values = node.args if isinstance(node, ast.Call) else node.elts if isinstance(node, ast.Tuple) else []
        of = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        is_counter = isinstance(node, ast.Tuple) or of.startswith("counter")
        for name, meaning in pairwise(_text(one, constants) for one in values):
            if name.startswith("scheduler_") and meaning:
                yield f"{name}_total" if is_counter else name, meaning


def _text(node: ast.expr, constants: Mapping[str, str]) -> str:
    """Return the text of a literal, also of one that names constants of its module; empty for anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(one, constants) for one in node.values)
    if isinstance(node, ast.FormattedValue):
        return _text(node.value, constants)
    return constants.get(node.id, "") if isinstance(node, ast.Name) else ""


def _events() -> Iterator[str]:
    yield "# Events"
    yield "Each change is published once, after its commit: on the topic exchange `events` of RabbitMQ with the type as"
    yield "routing key, and in `GET /api/stream` by topic. A message of the exchange is a JSON array of events.\n"
    yield "| type | topic of the stream |"
    yield "| --- | --- |"
    for event in EventType:
        yield f"| `{event}` | `{event.topic}` |"


def _exit_codes() -> Iterator[str]:
    yield "# Exit codes"
    yield "| code | meaning |"
    yield "| --- | --- |"
    for code in ExitCode:
        yield f"| {int(code)} | {_MEANINGS[code]} |"


def _schema() -> dict[str, Any]:
    task = TaskFields.model_json_schema(ref_template="#/$defs/{model}")
    definitions = task.pop("$defs", {})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Tasks of Taskdeck",
        "type": "object",
        "properties": {"tasks": {"type": "array", "items": task}},
        "$defs": definitions,
    }


def _task_file() -> Iterator[str]:
    yield "# Task file"
    yield "`taskdeck apply -f FILE` creates and updates tasks from YAML or JSON; fields that a file does not name stay"
    yield "as they are. All of a file is applied, or nothing. Dependencies name tasks: `- task: load`. The"
    yield "[JSON schema](task.schema.json) lets an editor check a file.\n"
    yield "    tasks:"
    yield "      - name: backup"
    yield "        executor: shell"
    yield "        command: tar czf /srv/backup.tgz /etc"
    yield "        schedule: 0 3 * * *\n"
    yield "| field | values | default |"
    yield "| --- | --- | --- |"
    schema = TaskFields.model_json_schema()
    for name, field in schema["properties"].items():
        default = field.get("default")
        shown = "" if default is None else f"`{json.dumps(default)}`"
        yield f"| `{name}` | {_cell(_values(field, schema['$defs']))} | {_cell(shown)} |"


def _values(field: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    if "$ref" in field:
        return _values(definitions[field["$ref"].rpartition("/")[2]], definitions)
    if "enum" in field:
        return ", ".join(f"`{one}`" for one in field["enum"])
    for several in ("anyOf", "oneOf", "allOf"):
        if several in field:
            return " or ".join(_values(one, definitions) for one in field[several] if one.get("type") != "null")
    if field.get("type") == "array":
        return f"list of {_values(field.get('items', {}), definitions)}"
    bounds = [f"{sign} {field[key]}" for key, sign in (("minimum", "≥"), ("maximum", "≤")) if key in field]
    return " ".join([str(field.get("format") or field.get("type") or "any"), *bounds])
