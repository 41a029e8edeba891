"""The OpenAPI document: each operation has a summary, examples that its schemas accept, and the form of its errors."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from backend.api.body_examples import BODIES
from tests.system import System

CHANGES = Path(__file__).parents[3] / "docs" / "reference" / "api-changes.md"
METHODS = ("get", "post", "put", "patch", "delete")
JSON, PROBLEM = "application/json", "application/problem+json"
OPEN = ("/health", "/ready", "/metrics", "/setup")
"""Beside the API: what they answer is no problem document where it is not 2xx."""


@pytest.fixture
async def document(system: System) -> dict[str, Any]:
    found: dict[str, Any] = (await system.http.get("/openapi.json")).json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        yield from ((f"{method.upper()} {path}", methods[method]) for method in METHODS if method in methods)


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the JSON that an operation takes and answers, by place."""
    body = operation.get("requestBody", {}).get("content", {})
    if JSON in body:
        yield "body", body[JSON]
    for status, answer in operation["responses"].items():
        if JSON in answer.get("content", {}):
            yield status, answer["content"][JSON]


async def test_each_operation_has_a_summary_of_its_own(document: dict[str, Any]) -> None:
    summaries = {name: operation.get("summary", "") for name, operation in operations(document)}
    assert [name for name, text in summaries.items() if not text] == []
    assert [name for name, text in summaries.items() if len(text) > 90 or text.endswith(".")] == []
    assert len(summaries) > 100


async def test_each_operation_has_the_form_of_its_errors(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        errors = {status: answer for status, answer in operation["responses"].items() if status[0] in "45"}
        if name.partition(" ")[2].startswith(OPEN):
            continue
        assert {"401", "403", "404", "409", "422", "429", "500", "503"} <= set(errors), name
        forms = {str(answer["content"]) for answer in errors.values() if "content" in answer}
        assert len(forms) == 1, name
        assert PROBLEM in forms.pop(), name


async def test_each_body_and_answer_has_an_example_that_its_schema_accepts(document: dict[str, Any]) -> None:
    wrong = []
    for name, operation in operations(document):
        for place, content in contents(operation):
            examples = [one["value"] for one in content.get("examples", {}).values()]
            examples += [content["example"]] if "example" in content else []
            assert examples, f"{name}: {place}"
            validator = jsonschema_rs.validator_for({"components": document["components"], **content["schema"]})
            for example in examples:
                wrong += [
                    f"{name}: {place}: {error.instance_path}: {error.message[:100]}"
                    for error in validator.iter_errors(example)
                ]
    assert wrong == []


async def test_the_table_of_bodies_names_operations_alone(document: dict[str, Any]) -> None:
    with_bodies = {name for name, operation in operations(document) if "requestBody" in operation}
    assert set(BODIES) <= with_bodies


async def test_the_page_of_changes_has_each_operation_with_its_version(document: dict[str, Any]) -> None:
    """A new operation belongs below "Next version"."""
    rows = re.findall(r"^\| `(/[^`]*)` \| (`[^|]*`) \|$", CHANGES.read_text(encoding="utf-8"), re.MULTILINE)
    listed = [f"{method} {path}" for path, methods in rows for method in re.findall(r"`(\w+)`", methods)]
    assert sorted(listed) == sorted(name for name, _ in operations(document))
