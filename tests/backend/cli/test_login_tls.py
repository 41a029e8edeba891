"""`taskdeck login` over TLS and without it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from backend.accounts.setup import ensure_admin
from backend.app import Backend, open_backend, open_broker, open_database
from backend.broker.in_process import InProcessBroker
from backend.settings import Settings
from shared.enums import BackendRole
from tests.certificates import Authority
from tests.free_port import free_port

PASSWORD = "correct horse battery"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "certificates")


@pytest.fixture
async def url(database_url: str, authority: Authority) -> AsyncIterator[str]:
    """A backend with TLS and an administrator."""
    issued = authority.issue("localhost")
    settings = Settings(database_url=database_url, tls_certificate=issued.certificate, tls_key=issued.key)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings, database_url))
        broker = await stack.enter_async_context(open_broker(settings, InProcessBroker()))
        backend = Backend(settings, database, broker, roles=frozenset({BackendRole.API}))
        await ensure_admin(backend.context, PASSWORD)
        await stack.enter_async_context(open_backend(backend, host="127.0.0.1", port=0, is_local=False))
        assert backend.url.startswith("https://127.0.0.1:")
        yield backend.url.replace("127.0.0.1", "localhost")


class Person:
    """Runs `taskdeck` with a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home

    async def __call__(self, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TASKDECK_")}
        return await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "backend", *arguments],
            input=text,
            capture_output=True,
            text=True,
            timeout=60,
            env={**kept, "HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home), "XDG_DATA_HOME": str(self.home)},
            check=False,
        )

    async def log_in(self, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return await self("login", url, "-u", "admin", "--password-stdin", *arguments, text=PASSWORD + "\n")


@pytest.fixture
def person(tmp_path: Path) -> Person:
    return Person(tmp_path)


async def test_a_private_authority_is_named_once(url: str, authority: Authority, person: Person) -> None:
    refused = await person.log_in(url)
    assert refused.returncode == 4
    assert "CERTIFICATE_VERIFY_FAILED" in refused.stderr
    signed_in = await person.log_in(url, "--ca-file", str(authority.file))
    assert "Signed in" in signed_in.stdout, signed_in.stderr
    assert (await person("task", "list")).returncode == 0
    authority.file.rename(authority.file.with_name("moved.pem"))
    gone = await person("task", "list")
    assert "authority.pem cannot be used" in gone.stderr
    named = await person("--ca-file", str(authority.file.with_name("moved.pem")), "task", "list")
    assert named.returncode == 0, named.stderr


async def test_nothing_falls_back_to_another_address_or_to_clear_text(
    url: str, authority: Authority, person: Person
) -> None:
    plain = await person.log_in(url.replace("https:", "http:"), "--ca-file", str(authority.file))
    assert plain.returncode == 4, "an API with TLS answers nothing in clear"
    other_name = await person.log_in(url.replace("localhost", "127.0.0.1"), "--ca-file", str(authority.file))
    assert other_name.returncode == 4
    assert "not valid for" in other_name.stderr


async def test_a_password_is_not_sent_in_clear_unless_the_person_says_so(person: Person) -> None:
    # 0.0.0.0 is not a loopback address, and yet leads nowhere else than to this machine.
    address = f"http://0.0.0.0:{free_port()}"
    refused = await person.log_in(address)
    assert refused.returncode == 2
    assert "is not encrypted" in refused.stderr
    assert "--allow-http" in refused.stderr
    token = await person("--url", address, "--token", "tdk_x", "task", "list")
    assert token.returncode == 2
    assert "is not encrypted" in token.stderr
    allowed = await person.log_in(address, "--allow-http")
    assert allowed.returncode == 4
    assert "cannot be reached" in allowed.stderr
