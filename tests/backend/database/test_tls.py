"""PostgreSQL over TLS: each kind of connection verifies, and what cannot be verified is refused at once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from backend.database import migration
from backend.database.connection import Database
from backend.database.leadership import open_candidate, try_lead
from backend.server_app import migrate
from backend.settings import Settings
from shared.errors import DatabaseUnavailableError, StartupError
from tests.certificates import Authority
from tests.postgres_node import NO_POSTGRES, PostgresNode, find_programs

IS_ENCRYPTED = "select ssl from pg_stat_ssl where pid = pg_backend_pid()"


@pytest.fixture(scope="module")
def node() -> Iterator[PostgresNode]:
    programs = find_programs()
    if programs is None:
        pytest.skip(NO_POSTGRES)
    made = PostgresNode(programs)
    made.start()
    yield made
    made.remove()


async def test_every_connection_is_encrypted_and_verified(node: PostgresNode) -> None:
    url = node.url(sslmode="verify-full", sslrootcert=str(node.authority.file))
    await migrate(Settings(database_url=url))
    database = Database(url, pool_size=2, application_name="tests")
    try:
        assert await migration.current_revision(database) == migration.newest_revision()
        async with database.transaction() as connection:
            assert (await connection.execute(text(IS_ENCRYPTED))).scalar_one()
        session = await open_candidate(database)
        assert await try_lead(session)
        async with session.transaction() as connection:
            assert (await connection.execute(text(IS_ENCRYPTED))).scalar_one()
        await session.close()
        listener = await database.listen()
        assert await listener.fetchval(IS_ENCRYPTED)
        await listener.close()
    finally:
        await database.close()


async def test_a_certificate_of_the_client_is_sent(node: PostgresNode) -> None:
    own = node.authority.issue("owner", to="client")
    url = node.url(
        sslmode="verify-full", sslrootcert=str(node.authority.file), sslcert=str(own.certificate), sslkey=str(own.key)
    )
    database = Database(url, pool_size=2, application_name="tests")
    try:
        async with database.transaction() as connection:
            shown = "select client_serial is not null from pg_stat_ssl where pid = pg_backend_pid()"
            assert (await connection.execute(text(shown))).scalar_one()
    finally:
        await database.close()


async def start_with(url: str) -> None:
    """Wait for the database as a starting process does: longer than the test may take."""
    database = Database(url, pool_size=2, application_name="tests")
    try:
        await database.wait_until_reachable(timedelta(hours=1))
    finally:
        await database.close()


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
async def test_a_server_of_another_authority_is_refused_at_once(node: PostgresNode, tmp_path: Path, mode: str) -> None:
    stranger = Authority(tmp_path)
    with pytest.raises(StartupError, match=r"cannot be verified: .*(issuer|self-signed).*Correct the host or sslroot"):
        await start_with(node.url(sslmode=mode, sslrootcert=str(stranger.file)))


async def test_a_server_of_another_name_is_refused_by_verify_full_alone(node: PostgresNode) -> None:
    trusted = str(node.authority.file)
    with pytest.raises(StartupError, match="IP address mismatch"):
        await start_with(node.url(host="127.0.0.1", sslmode="verify-full", sslrootcert=trusted))
    await start_with(node.url(host="127.0.0.1", sslmode="verify-ca", sslrootcert=trusted))
    await start_with(node.url(host="127.0.0.1", sslmode="require"))


async def test_a_server_that_demands_tls_refuses_a_connection_in_clear(node: PostgresNode) -> None:
    with pytest.raises(StartupError, match="no encryption"):
        await start_with(node.url(sslmode="disable"))


async def test_files_that_cannot_be_used_are_named(node: PostgresNode, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("not PEM")
    trusted = str(node.authority.file)
    own, other = (node.authority.issue("owner", to=name) for name in ("own", "other"))
    for parameters, words in (
        ({"sslrootcert": str(broken)}, r"sslrootcert=.*broken\.pem, which cannot be used"),
        ({"sslrootcert": trusted, "sslcert": str(broken), "sslkey": str(own.key)}, r"sslcert=.*broken\.pem"),
        ({"sslrootcert": trusted, "sslcert": str(own.certificate), "sslkey": str(other.key)}, "KEY_VALUES_MISMATCH"),
    ):
        with pytest.raises(StartupError, match=words):
            await start_with(node.url(sslmode="verify-full", **parameters))


async def test_verification_without_an_authority_is_refused(
    node: PostgresNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(StartupError, match=r"TASKDECK_DATABASE_URL cannot be used: root certificate file"):
        await start_with(node.url(sslmode="verify-full"))


async def test_a_server_without_tls_is_not_used_where_tls_is_required(server_databases: object) -> None:
    database = Database(
        "postgresql://postgres@127.0.0.1:5432/postgres?sslmode=require", pool_size=2, application_name="tests"
    )
    try:
        with pytest.raises(DatabaseUnavailableError):
            await database.ping()
    finally:
        await database.close()
