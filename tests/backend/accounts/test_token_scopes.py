"""What a token permits: its scope within its owner's role, for a time."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from shared.enums import Role, Scope
from tests.backend.api.answers import log_in, problem, refused_fields
from tests.system import System

PASSWORD = "correct horse battery"


async def token(system: System, scope: str | None = None, *, bearer: str | None = None) -> str:
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    body = {"name": "script"} | ({"scope": scope} if scope else {})
    answer = await system.http.post("/api/tokens", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    value: str = answer.json()["data"]["token"]
    return value


async def sign_in(system: System, role: Role) -> str:
    person = {"username": role.value, "password": PASSWORD, "role": role}
    assert (await system.http.post("/api/users", json=person)).status_code == 201
    access: str = (await log_in(system, role, PASSWORD)).json()["data"]["access_token"]
    return access


@pytest.mark.parametrize("scope", list(Scope))
async def test_a_token_permits_what_its_scope_includes(system: System, scope: Scope) -> None:
    task = await system.create("one", command="true", environment={"KEY": "value"})
    headers = {"Authorization": f"Bearer {await token(system, scope)}"}
    attempts = {
        Scope.READ: ("GET", f"/api/tasks/{task}", None),
        Scope.RUN: ("POST", f"/api/tasks/{task}/trigger", {}),
        Scope.EDIT: ("PATCH", f"/api/tasks/{task}", {"description": "changed"}),
        Scope.ADMIN: ("GET", "/api/users", None),
    }
    for needed, (method, path, body) in attempts.items():
        answer = await system.http.request(method, path, json=body, headers=headers)
        if scope.allows(needed):
            assert answer.is_success, answer.text
        else:
            assert f"scope {needed}" in problem(answer, 403, "forbidden")["detail"]
    seen = (await system.http.get(f"/api/tasks/{task}", headers=headers)).json()["data"]["environment"]
    assert (seen == {"KEY": "value"}) is scope.allows(Scope.EDIT)
    assert (await system.http.get("/api/auth/me", headers=headers)).json()["data"]["scope"] == scope


async def test_a_token_cannot_make_a_wider_one(system: System) -> None:
    narrow = {"Authorization": f"Bearer {await token(system, 'run')}"}
    answer = await system.http.post("/api/tokens", json={"name": "wider", "scope": "admin"}, headers=narrow)
    assert "at most run" in refused_fields(answer)["scope"]
    inherited = await token(system, bearer=narrow["Authorization"].removeprefix("Bearer "))
    answer = await system.http.get("/api/users", headers={"Authorization": f"Bearer {inherited}"})
    problem(answer, 403, "forbidden")


@pytest.mark.parametrize(("role", "widest"), [(Role.VIEWER, "read"), (Role.OPERATOR, "edit")])
async def test_a_token_is_not_above_its_owners_role(system: System, role: Role, widest: str) -> None:
    headers = {"Authorization": f"Bearer {await sign_in(system, role)}"}
    answer = await system.http.post("/api/tokens", json={"name": "wider", "scope": "admin"}, headers=headers)
    assert f"at most {widest}" in refused_fields(answer)["scope"]
    made = await system.http.post("/api/tokens", json={"name": "default"}, headers=headers)
    assert made.json()["data"]["scope"] == widest


async def test_a_token_expires_by_default_and_never_only_where_asked(system: System) -> None:
    default = (await system.http.post("/api/tokens", json={"name": "default"})).json()["data"]
    in_90_days = datetime.now(UTC) + timedelta(days=90)
    assert abs(datetime.fromisoformat(default["expires_at"]) - in_90_days) < timedelta(hours=1)
    for_ever = (await system.http.post("/api/tokens", json={"name": "for ever", "expires_at": None})).json()["data"]
    assert for_ever["expires_at"] is None


async def test_an_unknown_scope_is_refused(system: System) -> None:
    answer = await system.http.post("/api/tokens", json={"name": "x", "scope": "everything"})
    assert "scope" in refused_fields(answer)


def test_an_answer_without_a_scope_is_of_a_backend_that_had_none() -> None:
    from shared.models.auth import ApiToken

    assert ApiToken.model_validate({"id": 1, "name": "x", "created_at": "2026-11-29T00:00:00Z"}).scope is Scope.ADMIN


async def test_a_trigger_token_of_a_former_operator_is_void(system: System) -> None:
    access = await sign_in(system, Role.OPERATOR)
    used = await token(system, "run", bearer=access)
    users = (await system.http.get("/api/users")).json()["data"]
    (operator,) = [one["id"] for one in users if one["username"] == Role.OPERATOR]
    assert (await system.http.patch(f"/api/users/{operator}", json={"role": "viewer"})).is_success
    again = {
        "Authorization": f"Bearer {(await log_in(system, Role.OPERATOR, PASSWORD)).json()['data']['access_token']}"
    }
    assert (await system.http.get("/api/tokens", headers=again)).json()["data"] == []
    async with httpx.AsyncClient(base_url=system.backend.url) as script:
        problem(await script.get("/api/tasks", headers={"Authorization": f"Bearer {used}"}), 401, "unauthorized")
