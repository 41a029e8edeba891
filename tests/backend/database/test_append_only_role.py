"""The role of the documentation's example: the backend works, and can only add to the audit log."""

import os
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import ProgrammingError

from backend.audit import purge_log
from backend.database.connection import Database
from shared.enums import RunStatus
from tests.documentation.reference import ROOT
from tests.system import open_system

ROLE = f"taskdeck_app_{os.getpid()}"


def statements() -> list[str]:
    """Return the documentation's statements, for a role of this test session."""
    block = re.search(
        r"^    create role taskdeck_app .*?(?=\n\n)",
        (ROOT / "docs" / "operate" / "servers.md").read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    assert block is not None
    return [line.strip().replace("taskdeck_app", ROLE) for line in block[0].splitlines()]


@pytest.fixture
async def role_url(database: Database, database_url: str) -> AsyncIterator[str]:
    async with database.transaction() as connection:
        for statement in statements():
            await connection.execute(text(statement))
    yield make_url(database_url).set(username=ROLE).render_as_string(hide_password=False)
    async with database.transaction() as connection:
        await connection.execute(text(f'drop owned by "{ROLE}"'))
        await connection.execute(text(f'drop role "{ROLE}"'))


async def test_the_backend_works_and_cannot_change_the_audit_log(role_url: str, tmp_path: Path) -> None:
    async with open_system(role_url, None, tmp_path) as system:
        await system.add_worker()
        run = await system.run("one", command="true")
        assert run.status is RunStatus.SUCCEEDED
        applied = await system.http.post("/api/tasks/apply", json={"tasks": [{"name": "two", "command": "true"}]})
        assert applied.status_code == 200, applied.text
        person = {"username": "ann", "password": "correct horse battery", "role": "viewer"}
        assert (await system.http.post("/api/users", json=person)).status_code == 201
        database = system.backend.context.database
        for attempt in ("delete from audit_log", "update audit_log set actor = 'eve'", "truncate audit_log"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                async with database.transaction() as connection:
                    await connection.execute(text(attempt))
        async with database.transaction() as connection:
            assert await purge_log(connection, older_than=timedelta()) == 0
        assert len((await system.client.audit()).data) >= 2
