"""The schema that editors use is that of the models, and says of files what the backend says."""

import importlib.resources
import json
from typing import Any

import jsonschema_rs
import pytest

from shared.definitions.reading import read_definitions
from shared.definitions.schema import definitions_schema
from shared.plain_yaml import load_yaml

SCHEMA = definitions_schema()


def is_valid(text: str) -> bool:
    return jsonschema_rs.validator_for(SCHEMA).is_valid(load_yaml(text))


def test_the_published_schema_is_that_of_the_models() -> None:
    published = importlib.resources.files("resources.schemas").joinpath("taskdeck.schema.json")
    assert json.loads(published.read_text(encoding="utf-8")) == SCHEMA, (
        "repeat: taskdeck schema -o resources/schemas/taskdeck.schema.json"
    )


def test_the_schema_is_one_of_draft_7() -> None:
    assert jsonschema_rs.meta.is_valid(SCHEMA)
    assert SCHEMA["$schema"].startswith("http://json-schema.org/draft-07/")


def test_the_examples_fulfil_the_schema() -> None:
    for file in importlib.resources.files("resources.examples").iterdir():
        if file.name.endswith(".yaml"):
            text = file.read_text(encoding="utf-8")
            read_definitions(text, source=file.name)
            found = list(jsonschema_rs.validator_for(SCHEMA).iter_errors(load_yaml(text)))
            assert not found, [str(error) for error in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tasks:\n- name: a\n", True),
        ("tasks:\n- name: a\n  depends_on: [{task: b, window: period}]\n", True),
        ("tasks:\n", True),
        ("x-base: &base {executor: noop}\ntasks: []\n", True),
        ("tasks:\n- executor: noop\n", False),
        ("tasks:\n- name: a\n  shedule: '* * * * *'\n", False),
        ("tasks:\n- name: a\n  environment: {PORT: 8080}\n", False),
        ("tasks:\n- name: a\n  priority: urgent\n", False),
        ("tasks:\n- name: a\n  retry_count: true\n", False),
        ("tasks: {name: a}\n", False),
        ("jobs: []\n", False),
        ("calendars:\n- name: holidays\n  dates: [2026-12-25]\n  weekdays: [sunday]\n", True),
        ("calendars:\n- weekdays: [sunday]\n", False),
        ("calendars:\n- name: x\n  weekdays: [someday]\n", False),
        ("concurrency_groups:\n- name: x\n  max_concurrency: 2\n", True),
        ("concurrency_groups:\n- name: x\n", False),
        ("channels:\n- {name: c, kind: webhook, url: 'https://example.org/x'}\n", True),
        ("channels:\n- {name: c, kind: webhook, url: '${env:CHAT_URL}'}\n", True),
        ("channels:\n- {name: c, kind: webhook, url: 'ftp://example.org'}\n", False),
        ("channels:\n- {name: c, kind: email}\n", False),
        ("rules:\n- {name: r, channels: [c], conditions: [failure]}\n", True),
        ("rules:\n- {name: r}\n", False),
    ],
)
def test_the_schema_accepts_and_refuses_as_the_models_do(text: str, expected: Any) -> None:
    assert is_valid(text) is expected
