"""A method that a path does not have: 405, and the methods that it has."""

import re

import pytest

from backend.api.method_not_allowed import allowed_methods, shadowed_paths
from tests.system import System

METHODS = {
    "/api/runs": {"GET"},
    "/api/runs/batch": {"POST"},
    "/api/runs/{run_id}": {"GET", "DELETE"},
    "/api/{kind}/newest": {"PATCH"},
}


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/runs", ["GET"]),
        ("/api/runs/batch", ["POST"]),
        ("/api/runs/7", ["DELETE", "GET"]),
        ("/api/runs/newest", ["DELETE", "GET"]),
        ("/api/tasks/newest", ["PATCH"]),
        ("/api/nothing", []),
    ],
)
def test_the_most_literal_path_decides(path: str, allowed: list[str]) -> None:
    assert allowed_methods(METHODS, path) == allowed


def test_literal_paths_that_look_like_a_parameter_are_found() -> None:
    assert shadowed_paths(METHODS) == ["/api/runs/batch"]


async def test_every_path_answers_405_to_every_method_that_it_does_not_have(system: System) -> None:
    document = (await system.http.get("/openapi.json")).json()
    for template, operations in document["paths"].items():
        path = re.sub(r"\{[^}]+\}", "7", template)
        has = {method.upper() for method in operations}
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - has:
            answer = await system.http.request(method, path)
            assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed"), f"{method} {path}"
            assert answer.headers["Allow"] == ", ".join(sorted(has)), f"{method} {path}"
