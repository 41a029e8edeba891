"""What validators demand beyond types is in the JSON Schema too: a client can check it before it asks."""

import re
from typing import Any

import pytest
from pydantic import ValidationError

from shared.models.alert import ChannelFields
from shared.models.auth import UserPatch
from shared.models.base import Input
from shared.models.concurrency_group import ConcurrencyGroupFields
from shared.models.schedule import BlackoutWindow, SchedulePreviewRequest
from shared.models.task import TaskFields

TASK = {"name": "t", "executor": "noop"}
SPAN = {"starts_at": "2026-11-29T00:00:00Z", "ends_at": "2026-11-30T00:00:00Z"}
TYPES: dict[str, type] = {
    "string": str,
    "null": type(None),
    "boolean": bool,
    "object": dict,
    "array": list,
    "integer": int,
}


def allows(schema: dict[str, Any], value: Any, definitions: dict[str, Any]) -> bool:
    """Check a value against the keywords of JSON Schema that the models use."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if "type" in schema and not isinstance(value, TYPES[schema["type"]]):
        return False
    # In JSON Schema $ is the end of the text, in Python also the place before its last line break.
    pattern = re.sub(r"\$$", r"\\Z", schema.get("pattern", ""))
    if isinstance(value, str) and (len(value) < schema.get("minLength", 0) or not re.search(pattern, value)):
        return False
    if isinstance(value, list) and len(value) < schema.get("minItems", 0):
        return False
    if value not in schema.get("enum", [value]) or value != schema.get("const", value):
        return False
    if "not" in schema and allows(schema["not"], value, definitions):
        return False
    for keyword, fits in (("anyOf", any), ("oneOf", any)):
        if keyword in schema and not fits(allows(one, value, definitions) for one in schema[keyword]):
            return False
    if "if" in schema and allows(schema["if"], value, definitions) and not allows(schema["then"], value, definitions):
        return False
    if not isinstance(value, dict):
        return True
    names = schema.get("propertyNames", {})
    return (
        value.keys() >= set(schema.get("required", ()))
        and all(allows(names, name, definitions) for name in value)
        and all(
            allows(one, value[name], definitions) for name, one in schema.get("properties", {}).items() if name in value
        )
    )


def by_schema(model: type[Input], value: dict[str, Any]) -> bool:
    schema = model.model_json_schema()
    return allows(schema, value, schema.get("$defs", {}))


def by_model(model: type[Input], value: dict[str, Any]) -> bool:
    try:
        model.model_validate(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("model", "value"),
    [
        (TaskFields, {"executor": "noop", "name": "  "}),
        (TaskFields, {"executor": "noop", "name": "bell\x07"}),
        (TaskFields, TASK | {"name": "\u200b"}),
        (TaskFields, TASK | {"name": " \ufeff\u3164 "}),
        (TaskFields, TASK | {"name": "\U000e0041"}),
        (TaskFields, TASK | {"folder": "a//b"}),
        (TaskFields, TASK | {"folder": "a/ \u3000/b"}),
        (TaskFields, TASK | {"folder": "a/\u200b"}),
        (TaskFields, TASK | {"folder": "\u2060 /b"}),
        (TaskFields, TASK | {"labels": {"\u3164": "x"}}),
        (TaskFields, TASK | {"folder": "a\nb"}),
        (TaskFields, TASK | {"schedule": ""}),
        (TaskFields, TASK | {"timezone": ""}),
        (TaskFields, TASK | {"environment": {"1A": "x"}}),
        (TaskFields, TASK | {"environment": {"A\n": "x"}}),
        (TaskFields, TASK | {"labels": {"": "x"}}),
        (TaskFields, TASK | {"labels": {"a\tb": "x"}}),
        (SchedulePreviewRequest, {"schedule": ""}),
        (BlackoutWindow, {}),
        (BlackoutWindow, {"starts_at": SPAN["starts_at"]}),
        (BlackoutWindow, {"schedule": "0 3 * * *"}),
        (ConcurrencyGroupFields, {}),
        (ConcurrencyGroupFields, {"max_concurrency": None}),
        (UserPatch, {"disabled": None}),
        (UserPatch, {"password": None}),
        (ChannelFields, {"kind": "webhook"}),
        (ChannelFields, {"kind": "webhook", "url": "ftp://example.org"}),
        (ChannelFields, {"kind": "webhook", "url": "http://example.org", "format": "custom"}),
        (ChannelFields, {"kind": "email"}),
        (ChannelFields, {"kind": "email", "recipients": []}),
    ],
)
def test_what_the_model_refuses_the_schema_refuses_too(model: type[Input], value: dict[str, Any]) -> None:
    assert not by_model(model, value)
    assert not by_schema(model, value)


@pytest.mark.parametrize(
    ("model", "value"),
    [
        (TaskFields, TASK),
        (TaskFields, TASK | {"name": "👩\u200d💻", "folder": "\u3000/ a/b/ /", "labels": {"می\u200cخواهم": ""}}),
        (TaskFields, TASK | {"name": " daily report ", "folder": "/finance/daily/", "labels": {"team": "日报"}}),
        (TaskFields, TASK | {"environment": {"_A1": "x\ny"}, "schedule": None, "timezone": "Europe/Berlin"}),
        (BlackoutWindow, SPAN),
        (BlackoutWindow, {"schedule": "0 3 * * *", "duration_seconds": 60}),
        (ConcurrencyGroupFields, {"starts_per_minute": 3, "max_concurrency": None}),
        (UserPatch, {}),
        (UserPatch, {"role": "viewer", "disabled": True}),
        (ChannelFields, {"kind": "console"}),
        (ChannelFields, {"kind": "webhook", "url": "https://example.org", "format": "custom", "template": {"a": "b"}}),
        (ChannelFields, {"kind": "email", "recipients": ["a@example.org"]}),
    ],
)
def test_what_the_model_accepts_the_schema_accepts_too(model: type[Input], value: dict[str, Any]) -> None:
    assert by_model(model, value)
    assert by_schema(model, value)
