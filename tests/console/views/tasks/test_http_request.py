"""The fields of an HTTP request, and the JSON of its command."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.worker.executors.http_command import check_command, read_command
from console.views.tasks.http_request import EMPTY, METHODS, at_fields, json_problem, request_command, request_texts
from shared.errors import FieldError
from tests.strategies.texts import HEADER_NAMES, HEADER_VALUES

_URL = "https://example.org/health"
_BODIES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_COMMANDS = st.fixed_dictionaries(
    {"url": st.sampled_from((_URL, "http://[::1]:9/", "${secret:HOOK}", ""))},
    optional={
        "method": st.sampled_from(METHODS),
        "headers": st.dictionaries(HEADER_NAMES, HEADER_VALUES, max_size=3),
        "body": _BODIES,
        "expected_status": st.none() | st.integers(100, 599) | st.lists(st.integers(100, 599), min_size=2, max_size=3),
    },
)


@given(_COMMANDS)
def test_what_the_fields_show_is_what_is_sent(command: dict[str, Any]) -> None:
    texts = request_texts(json.dumps(command))
    if texts is None:
        return  # JSON that the fields cannot show stays in the field of the command
    written, _errors = request_command(texts)
    usual: dict[str, Any] = {"method": "GET", "headers": {}, "body": None, "expected_status": None}
    assert usual | json.loads(written) == usual | command
    assert request_texts(written) == texts


def test_a_request_of_every_part_is_shown_and_accepted() -> None:
    command = {
        "url": _URL,
        "method": "post",
        "headers": {"X-Token": "${secret:T}", "Accept": "a=b"},
        "body": {"a": [1]},
        "expected_status": [200, 204],
    }
    texts = request_texts(json.dumps(command))
    assert texts == {
        "http_method": "POST",
        "http_url": _URL,
        "http_headers": "X-Token=${secret:T}\nAccept=a=b",
        "http_body_kind": "json",
        "http_body": '{\n  "a": [\n    1\n  ]\n}',
        "http_expected": "200, 204",
    }
    written, errors = request_command(texts)
    assert (errors, check_command(written)) == ({}, [])
    assert read_command(written).body == {"a": [1]}


@pytest.mark.parametrize(
    "command",
    [
        "{not json",
        "[]",
        '"text"',
        '{"url": "http://a", "timeout": 5}',
        '{"url": 5}',
        '{"url": "http://a ", "method": "GET"}',
        '{"url": "http://a", "method": "TRACE"}',
        '{"url": "http://a", "headers": {"a=b": "c"}}',
        '{"url": "http://a", "headers": ["a"]}',
        '{"url": "http://a", "expected_status": []}',
        '{"url": "http://a", "expected_status": true}',
        '{"url": "http://a", "body": NaN}',
        '{"url": "http://a", "body": 1e999}',
    ],
)
def test_what_the_fields_cannot_show_is_not_shown_in_them(command: str) -> None:
    assert request_texts(command) is None


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"http_url": ""}, "http_url", "Enter a URL"),
        ({"http_url": "example.org"}, "http_url", "not an http or https address"),
        ({"http_url": "https://example.org/a b"}, "http_url", "%20"),
        ({"http_headers": "Accept"}, "http_headers", "Line 1 is not NAME=value"),
        ({"http_body_kind": "json", "http_body": '{"a": 1,}'}, "http_body", "Line 1, column"),
        ({"http_body_kind": "json", "http_body": ""}, "http_body", "Line 1, column 1"),
        ({"http_expected": "2xx"}, "http_expected", "whole numbers"),
        ({"http_expected": "20"}, "http_expected", "from 100 to 599"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_in_the_command(changed: dict[str, str], field: str, says: str) -> None:
    command, errors = request_command({**EMPTY, "http_url": _URL, **changed})
    assert list(errors) == [field]
    assert says in errors[field]
    assert command.startswith("{")
    assert all(text in command for text in changed.values() if text not in ("json", ""))


def test_a_problem_of_the_backend_finds_its_field() -> None:
    url = check_command(json.dumps({"url": "http://", "method": "GET"}))
    headers = check_command(json.dumps({"url": _URL, "headers": {"a b": "c"}}))
    others = [FieldError("command", "must not contain a NUL character"), FieldError("name", "url: x")]
    found = at_fields([*url, *headers, *others])
    assert [one.field for one in found] == ["http_url", "http_headers", "command", "name"]
    assert found[1].message.startswith("'a b' is not the name of a header")


def test_json_of_a_command_is_an_object() -> None:
    assert json_problem('{"url": "http://a"}') is None
    assert json_problem("[1]") == "Enter a JSON object with method and url."
    assert json_problem("{not json") == "Line 1, column 2 is not valid JSON."
