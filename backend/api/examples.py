"""Examples in the OpenAPI document: of bodies from a table, of answers from their schemas."""

import re
from collections.abc import Mapping
from typing import Any

JSON = "application/json"
_SCHEMAS = "#/components/schemas/"
_METHODS = frozenset({"get", "post", "put", "patch", "delete"})
_MOST_DEPTH = 8
"""Of an answer; a schema that contains itself ends there."""

_VALUES: Mapping[str, Any] = {
    "action": "task.update",
    "actor": "ann",
    "command": "/opt/backup/run.sh --full",
    "description": "Backs up the databases.",
    "detail": "Task 12 does not exist.",
    "error": "exit code 3",
    "executor": "shell",
    "executors": "shell",
    "folder": "ops/backup",
    "hostname": "worker-1.example.org",
    "name": "nightly-backup",
    "id": "worker-1",
    "object_name": "nightly-backup",
    "path": "ops/backup",
    "schedule": "0 3 * * *",
    "stdout_tail": "42 tables saved\n",
    "task_name": "nightly-backup",
    "task_type": "shell",
    "timezone": "Europe/Berlin",
    "url": "https://taskdeck.example.org",
    "username": "ann",
    "version": "1.0.0",
    "worker_id": "worker-1",
}
"""What a text with such a name says; others have a text of their schema."""
_TIME = "2026-03-01T03:00:00Z"
_TIMES = re.compile(r"(.*_)?(at|since|until|after|before|time|times|scheduled_for|not_before)")
_FORMATS: Mapping[str, str] = {
    "date-time": _TIME,
    "date": "2026-03-01",
    "iana-time-zone": "Europe/Berlin",
    "uri": "https://taskdeck.example.org",
}


_ONE_OF: Mapping[str, str] = {"commands": "command", "folders": "folder", "task_types": "task_type"}
"""What the texts of such a list are."""


def add_examples(document: Mapping[str, Any], bodies: Mapping[str, Any]) -> None:
    """Add an example to each body and each answer of JSON that has none; `bodies` has those of bodies by operation."""
    schemas = document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method not in _METHODS:
                continue
            body = operation.get("requestBody", {}).get("content", {}).get(JSON)
            if body is not None and "examples" not in body:
                body["example"] = bodies[f"{method.upper()} {path}"]
            for answer in operation["responses"].values():
                content = answer.get("content", {}).get(JSON)
                if content is not None and "example" not in content:
                    content["example"] = example_of(content.get("schema", {}), schemas)


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], *, name: str = "", depth: int = 0) -> Any:
    """Return a value that a schema of the document accepts; `name` is that of the field."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].removeprefix(_SCHEMAS)], schemas, name=name, depth=depth)
    for word in ("const", "default"):
        if word in schema:
            return schema[word]
    for word in ("examples", "enum"):
        if schema.get(word):
            return schema[word][0]
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        is_optional = {"type": "null"} in choices
        found = example_of(choices[0], schemas, name=name, depth=depth)
        return None if is_optional and found == name else found
    return _of_type(schema, schemas, name=name, depth=depth + 1)


def _of_type(schema: Mapping[str, Any], schemas: Mapping[str, Any], *, name: str, depth: int) -> Any:
    match schema.get("type"):
        case "object" if depth < _MOST_DEPTH:
            fields = schema.get("properties", {})
            return {field: example_of(one, schemas, name=field, depth=depth) for field, one in fields.items()}
        case "object":
            return {}
        case "array" if depth < _MOST_DEPTH:
            return [example_of(schema.get("items", {}), schemas, name=_ONE_OF.get(name, name), depth=depth)]
        case "array":
            return []
        case "string":
            usual = _TIME if _TIMES.fullmatch(name) else _VALUES.get(name, name or "text")
            return _FORMATS.get(schema.get("format", ""), usual)
        case "integer":
            return max(int(schema.get("minimum", 0)), 1)
        case "number":
            return max(float(schema.get("minimum", 0)), 1.5)
        case "boolean":
            return True
        case _:
            return None
