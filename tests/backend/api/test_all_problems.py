"""Whatever is wrong is named in one answer: the first hundred, and the number of the others."""

import json
from typing import Any

import pytest

from tests.system import System

NOOP = {"name": "one", "executor": "noop"}
HTTP = {"name": "one", "executor": "http"}
JSON = {"Content-Type": "application/json"}
BAD_NAMES = ("1A", "B-C", "ä", "")


def http(headers: dict[str, Any]) -> str:
    return json.dumps({"url": "http://example.org/", "headers": headers})


CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "variables": (
        NOOP | {"environment": {"GOOD": "1"} | dict.fromkeys(BAD_NAMES, "x")},
        ["environment.1A", "environment.B-C", "environment.ä", "environment"],
    ),
    "long variables": (
        NOOP | {"environment": {"A": "x" * 131_072, "B": "x" * 131_072, "C": "1"}},
        ["environment.A", "environment.B"],
    ),
    "labels": (
        NOOP | {"labels": {"": "1", "x" * 64: "2", "c": "a\x1bb"}},
        ["labels.", f"labels.{'x' * 64}", "labels.c"],
    ),
    "arguments": (NOOP | {"arguments": ["x" * 131_072, "fine", "x" * 140_000]}, ["arguments.0", "arguments.2"]),
    "headers": (HTTP | {"command": http({"X A": "1", "X-B": "é", "X-C": " c", "x-c": "d"})}, ["command"] * 4),
    "fields": (
        NOOP | {"priority": "urgent", "timeout_seconds": 0, "nonsense": 1, "timezone": "Mars"},
        ["timezone", "priority", "timeout_seconds", "nonsense"],
    ),
}


@pytest.mark.parametrize("case", CASES)
async def test_everything_that_is_wrong_is_named_at_once(system: System, case: str) -> None:
    body, fields = CASES[case]
    answer = await system.http.post("/api/tasks", json=body)
    assert answer.status_code == 422
    problem = answer.json()
    named = [error["field"].removesuffix(".[key]") for error in problem["errors"]]
    assert sorted(named) == sorted(fields)
    assert all(error["message"] in problem["detail"] for error in problem["errors"])


async def test_kinds_of_headers_that_are_not_texts_are_named_together(system: System) -> None:
    answer = await system.http.post("/api/tasks", json=HTTP | {"command": http({"A": 1, "B": None})})
    (error,) = answer.json()["errors"]
    assert ("headers.A" in error["message"], "headers.B" in error["message"]) == (True, True)


async def test_a_thousand_problems_are_a_hundred_and_their_number(system: System) -> None:
    wrong = {f"{number}A": "x" for number in range(1000)}
    items = [{"task_id": 1, "environment": {"1": "x"}} for _ in range(1000)]
    requests = {
        "/api/tasks": NOOP | {"environment": wrong},
        "/api/runs/batch": {"runs": items},
        "/api/tasks/apply": {"tasks": [{"name": f"t{n}", "executor": "no", "nonsense": 1} for n in range(1000)]},
    }
    for path, body in requests.items():
        answer = await system.http.post(path, json=body)
        assert answer.status_code == 422, path
        assert len(answer.json()["errors"]) == 100, path
        assert answer.json()["detail"].endswith(" more"), path
        assert len(answer.content) < 50_000, path


async def test_a_trigger_names_all_bad_variables(system: System) -> None:
    task_id = await system.create("one", command="true")
    answer = await system.http.post(f"/api/tasks/{task_id}/trigger", json={"environment": {"1A": "x", "2B": "y"}})
    assert [error["field"] for error in answer.json()["errors"]] == ["environment.1A", "environment.2B"]


async def test_what_cannot_be_stored_hides_no_other_problem(system: System) -> None:
    wrong = {
        "name": "",
        "command": "a\x00b",
        "schedule": "61 * * * *",
        "labels": {"\ud800": "x"},
        "nonsense": 1,
        "environment": {"A": "\x00"},
    }
    answer = await system.http.post("/api/tasks?shown=1", content=json.dumps(NOOP | wrong), headers=JSON)
    assert answer.status_code == 422
    named = {error["field"]: error["message"] for error in answer.json()["errors"]}
    assert set(named) == {"shown", "name", "command", "schedule", "labels", "nonsense", "environment.A"}
    assert "NUL" in named["command"]


async def test_an_unknown_parameter_hides_no_other_problem(system: System) -> None:
    answer = await system.http.get("/api/runs?state=failed&limit=x&task_id=y")
    assert {error["field"] for error in answer.json()["errors"]} == {"state", "limit", "task_id"}


async def test_a_stranger_is_told_no_more_than_why_the_request_is_refused(system: System) -> None:
    wrong = NOOP | {"command": "a\x00b", "retry_count": 101}
    answer = await system.http.post("/api/tasks", json=wrong, headers={"Authorization": ""})
    assert [error["field"] for error in answer.json()["errors"]] == ["command"]
