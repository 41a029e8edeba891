"""`taskdeck login --sso`: with the browser of this machine, and with one elsewhere."""

import asyncio
import re
import shlex
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.app import Backend
from backend.settings import Settings
from tests.backend.accounts.replicas import open_replica
from tests.backend.cli.test_cli import CommandLine
from tests.oidc.backend import open_oidc_backend
from tests.oidc.browser import Browser
from tests.oidc.provider_process import ProviderProcess

ROOT = Path(__file__).parents[3]
SECONDS = 60


@pytest.fixture
async def backend(database_url: str, oidc_provider: ProviderProcess) -> AsyncIterator[Backend]:
    oidc_provider.put("cli-ann", preferred_username="cli-ann", groups=["ops"])
    oidc_provider.put("cli-none", preferred_username="cli-none", groups=[])
    async with open_oidc_backend(database_url, oidc_provider.issuer) as opened:
        yield opened


@pytest.fixture
def taskdeck(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path, {"TASKDECK_DATA_DIR": str(tmp_path / "none"), "PYTHONPATH": str(ROOT)})


def browser_of(subject: str) -> str:
    """Return the value of BROWSER that signs somebody in."""
    return f"{shlex.quote(sys.executable)} -m tests.oidc.open_page {subject} %s"


async def test_a_browser_of_this_machine_signs_in(backend: Backend, taskdeck: CommandLine) -> None:
    def use() -> None:
        done = taskdeck("login", backend.url, "--sso", BROWSER=browser_of("cli-ann"))
        assert "as cli-ann (operator)" in done.stdout
        assert "/api/auth/oidc/start?" in done.stderr, "the address is printed in any case"
        taskdeck("task", "list")
        assert "Signed out" in taskdeck("logout").stdout
        taskdeck("task", "list", code=4)

    await asyncio.to_thread(use)


async def test_a_refusal_says_why(backend: Backend, taskdeck: CommandLine) -> None:
    def use() -> None:
        refused = taskdeck("login", backend.url, "--sso", code=5, BROWSER=browser_of("cli-none"))
        assert "in no group" in refused.stderr
        both = taskdeck("login", backend.url, "--sso", "-u", "ann", code=2)
        assert "--sso needs no user name" in both.stderr

    await asyncio.to_thread(use)


async def test_a_browser_elsewhere_brings_the_address_of_the_last_page(backend: Backend, taskdeck: CommandLine) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "backend", "login", backend.url, "--no-browser",
        stdin=PIPE, stdout=PIPE, stderr=PIPE, env=taskdeck.environment,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stderr is not None
    async with asyncio.timeout(SECONDS):
        shown = await process.stderr.readuntil(b"Paste that address here:")
        address = re.search(r"http://\S+/api/auth/oidc/start\?\S+", shown.decode())
        assert address is not None
        answer = await Browser("cli-ann").open(address[0])
        process.stdin.write(b"http://127.0.0.1:1/nonsense\n")
        assert b"Copy it again" in await process.stderr.readuntil(b"Copy it again:")
        process.stdin.write(answer.headers["Location"].encode() + b"\n")
        await process.stdin.drain()
        out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    assert "as cli-ann (operator)" in out.decode()


async def test_a_backend_without_a_provider_says_so(database_url: str, taskdeck: CommandLine) -> None:
    async with open_replica(Settings(database_url=database_url)) as backend:
        refused = await asyncio.to_thread(taskdeck, "login", backend.url, "--sso", code=3)
        assert "offers no single sign-on" in refused.stderr


async def test_the_doctor_asks_the_provider(oidc_provider: ProviderProcess, taskdeck: CommandLine) -> None:
    settings = {
        "TASKDECK_OIDC_ISSUER": oidc_provider.issuer,
        "TASKDECK_OIDC_CLIENT_ID": "taskdeck",
        "TASKDECK_OIDC_ROLES": "sre=admin",
        "TASKDECK_PUBLIC_URL": "https://deck.example.org",
    }

    def examine(**changes: str) -> str:
        """Return the findings; that no backend runs is one of them."""
        return taskdeck("doctor", code=1, **{**settings, **changes}).stdout

    assert "https://deck.example.org/api/auth/oidc/callback" in await asyncio.to_thread(examine)
    for changes, words in (
        ({"TASKDECK_OIDC_ISSUER": "http://127.0.0.1:9"}, "cannot be asked"),
        ({"TASKDECK_OIDC_ISSUER": f"{oidc_provider.issuer}/"}, "issuer"),
        ({"TASKDECK_PUBLIC_URL": ""}, "TASKDECK_PUBLIC_URL"),
        ({"TASKDECK_OIDC_CA_FILE": "/nothing"}, "TASKDECK_OIDC_CA_FILE"),
    ):
        assert words in await asyncio.to_thread(examine, **changes)
