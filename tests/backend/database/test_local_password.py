"""An embedded PostgreSQL on a port, as on Windows, lets in nobody without its password."""

import asyncio
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from backend.database.embedded_postgres import EmbeddedPostgres
from backend.database.local_password import with_password
from tests.free_port import free_port


@pytest.fixture
def server(session_folder: Path) -> Iterator[tuple[str, Path]]:
    """The URL and the folder of a server on a port that trusts everybody."""
    folder = session_folder / "on-a-port" / "postgres"
    embedded = EmbeddedPostgres(folder)
    asyncio.run(embedded.start())
    asyncio.run(embedded.stop())
    owner = pwd.getpwuid(folder.stat().st_uid)
    port = free_port()

    def control(*arguments: str) -> None:
        command = [str(embedded.bin_dir / "pg_ctl"), "-w", "-D", str(folder), *arguments]
        user = owner.pw_name if os.geteuid() == 0 else None
        subprocess.run(command, check=True, user=user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    control("-o", f"-h 127.0.0.1 -p {port} -k ''", "-l", str(folder / "log"), "start")
    try:
        yield f"postgresql://postgres:@127.0.0.1:{port}/postgres", folder
    finally:
        control("stop")
        shutil.rmtree(folder.parent)


def test_without_the_password_nobody_connects(server: tuple[str, Path]) -> None:
    url, folder = server

    async def ask() -> None:
        await (await asyncpg.connect(url)).close()
        secured = await with_password(url, folder)
        assert await with_password(url, folder) == secured, "the second start"
        for wrong in (url, url.replace("postgres:@", "postgres:wrong@")):
            with pytest.raises(asyncpg.InvalidPasswordError):
                await asyncpg.connect(wrong)
        connection = await asyncpg.connect(secured)
        stored = await connection.fetchval("select rolpassword from pg_authid where rolname = 'postgres'")
        assert stored.startswith("SCRAM-SHA-256$")
        await connection.close()
        file = folder.parent / "postgres-password"
        assert file.stat().st_mode & 0o777 == 0o600
        assert urlsplit(secured).password == file.read_text()

    asyncio.run(ask())
