"""Requests that are refused: malformed bodies, unknown parameters, paths, methods and objects."""

from typing import Any

import pytest

from tests.backend.api.answers import TASK, problem, refused_fields
from tests.system import System

BODIES: list[bytes] = [b"{", b"", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"name": NaN}']


async def test_a_body_that_is_not_a_json_object_is_refused(system: System, subtests: pytest.Subtests) -> None:
    for body in BODIES:
        with subtests.test(body=body):
            answer = await system.http.post("/api/tasks", content=body, headers={"content-type": "application/json"})
            assert answer.status_code in (400, 422)
            problem(answer, answer.status_code, "validation_error")


async def test_a_body_of_two_mebibytes_is_too_large(system: System) -> None:
    answer = await system.http.post("/api/tasks", json={**TASK, "description": "x" * 2**21})
    problem(answer, 413, "payload_too_large")

    async def pieces() -> Any:
        for _ in range(40):
            yield b" " * 65_536

    problem(await system.http.post("/api/tasks", content=pieces()), 413, "payload_too_large")


async def test_an_unknown_query_parameter_or_value_is_refused(system: System) -> None:
    assert "colour" in refused_fields(await system.http.get("/api/tasks", params={"colour": "red"}))
    assert "limit" in refused_fields(await system.http.get("/api/tasks", params={"limit": 501}))
    assert "sort" in refused_fields(await system.http.get("/api/tasks", params={"sort": "colour"}))
    assert "status" in refused_fields(await system.http.get("/api/runs", params={"status": "dreaming"}))
    assert "cursor" in refused_fields(await system.http.get("/api/runs", params={"cursor": "nonsense"}))


async def test_a_second_value_is_refused_where_one_counts(system: System) -> None:
    answer = await system.http.get("/api/tasks", params=[("q", "first"), ("q", "second"), ("limit", 5)])
    assert refused_fields(answer) == {"q": "is given more than once; it takes one value"}
    many = await system.http.get("/api/system/workers/history", params={"worker_id": ["one", "two"]})
    assert many.status_code == 200


UNKNOWN: list[tuple[str, str]] = [
    ("GET", "/api/tasks/999999"),
    ("PATCH", "/api/tasks/999999"),
    ("DELETE", "/api/tasks/999999"),
    ("POST", "/api/tasks/999999/trigger"),
    ("POST", "/api/tasks/999999/pause"),
    ("GET", "/api/tasks/999999/runs"),
    ("GET", "/api/tasks/999999/upcoming"),
    ("GET", "/api/runs/999999"),
    ("GET", "/api/runs/999999/attempts"),
    ("GET", "/api/runs/999999/logs"),
    ("GET", "/api/runs/999999/logs/follow"),
    ("POST", "/api/runs/999999/cancel"),
    ("POST", "/api/runs/999999/retry"),
    ("GET", "/api/workers/nobody"),
    ("POST", "/api/workers/nobody/drain"),
    ("GET", "/api/no-such-path"),
]


async def test_an_unknown_path_or_object_is_404(system: System, subtests: pytest.Subtests) -> None:
    for method, path in UNKNOWN:
        with subtests.test(method=method, path=path):
            answer = await system.http.request(method, path, json={} if method in ("PATCH", "POST") else None)
            assert problem(answer, 404, "not_found")["detail"]


async def test_an_unknown_method_is_405(system: System) -> None:
    problem(await system.http.put("/api/tasks"), 405, "method_not_allowed")


async def test_an_id_beyond_64_bits_is_refused(system: System) -> None:
    for wrong in ("0", "-1", "x", str(2**70)):
        assert (await system.http.get(f"/api/tasks/{wrong}")).status_code in (404, 422)
