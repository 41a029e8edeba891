"""Answers of the API as tests check them."""

from typing import Any

import httpx

from tests.system import System

TASK = {"name": "one", "executor": "shell", "command": "true"}


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Check a refusal's form and return it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    found: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "instance", "success", "code"} <= set(found)
    assert (found["status"], found["success"], found["code"]) == (status, False, code)
    assert answer.headers["x-request-id"]
    assert "Traceback" not in answer.text
    return found


def refused_fields(answer: httpx.Response) -> dict[str, str]:
    return {one["field"]: one["message"] for one in problem(answer, 422, "validation_error")["errors"]}


async def create(system: System, **fields: Any) -> dict[str, Any]:
    answer = await system.http.post("/api/tasks", json={**TASK, **fields})
    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert found["success"] is True
    return found["data"]  # type: ignore[no-any-return]


async def log_in(system: System, username: str, password: str) -> httpx.Response:
    return await system.http.post("/api/auth/login", json={"username": username, "password": password})
