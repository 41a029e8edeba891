"""No other user of the machine reaches the socket of the embedded PostgreSQL, or reads what is above its folder."""

import os
from pathlib import Path

import asyncpg
import pytest

from backend.database.embedded_postgres import EmbeddedPostgres
from backend.database.postmaster import is_gone
from backend.database.private_folders import has_short_path, kept_closed, private_folder
from shared.errors import StartupError


def test_a_path_is_short_if_its_socket_fits(tmp_path: Path) -> None:
    assert has_short_path(Path("/" + "a" * 80))
    assert not has_short_path(Path("/" + "a" * 100))
    assert not has_short_path(Path("/" + "ä" * 50))


def test_a_folder_that_somebody_else_prepared_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = os.geteuid() or 1234
    monkeypatch.setattr(os, "geteuid", lambda: user)
    prepared = tmp_path / f"taskdeck-{user}"
    prepared.mkdir()
    os.chown(prepared, user, -1)
    prepared.chmod(0o777)
    with pytest.raises(StartupError, match="is not a directory of this user alone"):
        private_folder(tmp_path)
    prepared.chmod(0o700)
    assert private_folder(tmp_path) == prepared
    prepared.rmdir()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    prepared.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StartupError, match="choose a shorter --data-dir"):
        private_folder(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="for root, whose server runs as another user")
def test_what_is_above_the_folder_is_entered_but_not_listed(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    (private / "data").mkdir()
    with kept_closed([private / "data" / "postgres"]):
        private.chmod(0o755)
    assert private.stat().st_mode & 0o777 == 0o711


@pytest.mark.skipif(os.geteuid() != 0, reason="for root, whose server runs as another user")
async def test_root_gets_no_open_socket_and_no_open_parents(session_folder: Path) -> None:
    private = session_folder / "of-root"
    private.mkdir(mode=0o700)
    server = EmbeddedPostgres(private / "postgres")
    await server.start()
    try:
        assert private.stat().st_mode & 0o777 == 0o711
        assert (private / "postgres").stat().st_mode & 0o077 == 0
        connection = await asyncpg.connect(server.url)
        assert await connection.fetchval("select 1") == 1
        await connection.close()
        pid = int((private / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    finally:
        private.chmod(0o700)  # now the user of the server cannot reach its own directory
        await server.stop()
    assert is_gone(pid)
    with pytest.raises(StartupError, match=r"too long for a socket. Choose a shorter --data-dir"):
        await EmbeddedPostgres(private / ("long" * 25) / "postgres").start()
