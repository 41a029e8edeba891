"""The first administrator: by a link that dies, or by a password that is one."""

import asyncio
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from backend.accounts.identities import Identities
from backend.accounts.setup import ensure_admin, new_setup_token, set_up
from backend.accounts.users import list_users
from backend.context import ServiceContext
from backend.first_administrator import read_password, setup_link
from backend.settings import Settings
from shared.errors import ForbiddenError, StartupError
from shared.models.auth import TokenPair
from tests.backend.accounts.replicas import open_replica, status

PASSWORD = "a long password"


@pytest.fixture
async def identities(context: ServiceContext) -> Identities:
    made = Identities(context)
    await made.start()
    return made


async def test_a_link_makes_one_administrator_and_then_nobody(context: ServiceContext, identities: Identities) -> None:
    first, second = await new_setup_token(context), await new_setup_token(context)
    assert first is not None
    assert second is not None
    await set_up(context, identities, first, username="ann", password=PASSWORD)
    for token in (first, second):
        with pytest.raises(ForbiddenError, match="administrator exists"):
            await set_up(context, identities, token, username="eve", password=PASSWORD)
    assert await new_setup_token(context) is None
    assert [user.username for user in await list_users(context)] == ["ann"]


async def test_the_link_works_in_a_browser(database_url: str) -> None:
    async with open_replica(Settings(database_url=database_url)) as backend:
        token = await new_setup_token(backend.context)
        assert token is not None
        link = setup_link(token, listens_on=backend.url, public_url=None, hostname="unused")
        async with httpx.AsyncClient() as browser:
            page = await browser.get(link)
            assert (page.status_code, page.headers["content-type"].split(";")[0]) == (200, "text/html")
            sent = {"setup_token": token, "username": "ann", "password": PASSWORD}
            made = await browser.post(f"{backend.url}/api/auth/setup", json=sent)
            assert made.status_code == 200
            assert await status(backend, made.json()["data"]["access_token"], "/api/users") == 200
            assert (await browser.post(f"{backend.url}/api/auth/setup", json=sent)).status_code == 403


async def test_two_uses_of_links_at_once_make_one_administrator(
    context: ServiceContext, identities: Identities
) -> None:
    tokens = [await new_setup_token(context) for _ in range(4)]
    made = await asyncio.gather(
        *(
            set_up(context, identities, token or "", username=f"user{number}", password=PASSWORD)
            for number, token in enumerate(tokens)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(one, TokenPair) for one in made) == 1
    assert len(await list_users(context)) == 1


async def test_a_link_from_an_old_log_dies_with_the_administrator_of_the_password_file(
    context: ServiceContext, identities: Identities
) -> None:
    token = await new_setup_token(context)
    assert token is not None
    await ensure_admin(context, PASSWORD)
    with pytest.raises(ForbiddenError):
        await set_up(context, identities, token, username="eve", password=PASSWORD)


async def test_a_link_expires_after_an_hour(context: ServiceContext, identities: Identities) -> None:
    token = await new_setup_token(context)
    assert token is not None
    async with context.database.transaction() as connection:
        await connection.execute(text("update setup_tokens set created_at = created_at - interval '61 minutes'"))
    with pytest.raises(ForbiddenError, match="expired"):
        await set_up(context, identities, token, username="ann", password=PASSWORD)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "is empty"), (b" \n\t\n", "is empty"), (b"short\n", "holds 5"), (b"\xff" * 12, "UTF-8")],
)
def test_a_password_file_without_a_password_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "password"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(StartupError, match=f"TASKDECK_ADMIN_PASSWORD_FILE.*{reason}"):
        read_password(file)


def test_a_password_file_that_is_absent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match="cannot be read"):
        read_password(tmp_path / "absent")


def test_a_password_is_read_without_the_end_of_its_line(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n", encoding="utf-8")
    file.chmod(0o644)
    with pytest.raises(StartupError, match=r"every user of this machine can read it. Run: chmod o=,g-w "):
        read_password(file)
    file.chmod(0o600)
    assert read_password(file) == PASSWORD


@pytest.mark.parametrize(
    ("listens_on", "public_url", "link"),
    [
        ("http://127.0.0.1:8420", None, "http://127.0.0.1:8420/setup?token=t"),
        ("http://0.0.0.0:8420", None, "http://deck7:8420/setup?token=t"),
        ("http://[::]:8420", None, "http://deck7:8420/setup?token=t"),
        ("http://[::1]:8420", None, "http://[::1]:8420/setup?token=t"),
        ("http://0.0.0.0:8420", "https://deck.example.org/", "https://deck.example.org/setup?token=t"),
    ],
)
def test_the_link_names_an_address_that_a_browser_can_open(listens_on: str, public_url: str | None, link: str) -> None:
    assert setup_link("t", listens_on=listens_on, public_url=public_url, hostname="deck7") == link
