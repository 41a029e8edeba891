"""Users with the role member and their grants, for tests of what is shown to them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from backend.accounts.tokens import insert_token
from shared.enums import Role, Scope
from tests.system import System

PASSWORD = "correct horse battery"


async def grant(system: System, folder: str, permission: str, *, user: str = "anna") -> int:
    """Grant a permission; return the id of the grant."""
    answer = await system.http.post("/api/grants", json={"user": user, "folder": folder, "permission": permission})
    assert answer.status_code == 201, answer.text
    found: int = answer.json()["data"]["id"]
    return found


async def token_of(system: System, user: str = "anna", *, role: Role = Role.MEMBER, scope: Scope = Scope.ADMIN) -> str:
    """Create a user, and return a token."""
    made = await system.http.post("/api/users", json={"username": user, "password": PASSWORD, "role": role})
    assert made.status_code == 201, made.text
    async with system.backend.context.database.transaction() as connection:
        token = await insert_token(
            connection, made.json()["data"]["id"], generation=1, name="test", scope=scope, expires_at=None
        )
    assert token.token is not None
    return token.token


@asynccontextmanager
async def member(
    system: System, *grants: tuple[str, str], user: str = "anna", role: Role = Role.MEMBER, scope: Scope = Scope.ADMIN
) -> AsyncIterator[httpx.AsyncClient]:
    """Create a user with grants, each a folder and a permission; yield their client."""
    token = await token_of(system, user, role=role, scope=scope)
    for folder, permission in grants:
        await grant(system, folder, permission, user=user)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=system.backend.url, headers=headers, timeout=60) as client:
        yield client
