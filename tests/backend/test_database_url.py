"""What a database URL may say, compared with libpq, and connections that are opened by such URLs."""

import socket
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from backend.database import migration
from backend.database.connection import Database
from backend.database_url import DatabaseUrl, Host
from backend.server_app import migrate
from backend.settings import Settings
from shared.errors import StartupError
from tests.conftest import Databases


@pytest.mark.parametrize(
    ("url", "hosts", "address"),
    [
        ("postgresql://u:p@db/tasks", [Host("db", 5432)], "db/tasks"),
        ("postgres://u:p@db:5433/tasks", [Host("db", 5433)], "db:5433/tasks"),
        ("postgresql+asyncpg://u@[::1]:5433/tasks", [Host("::1", 5433)], "[::1]:5433/tasks"),
        ("postgresql://u:p%40%2F@a,b:5433/t", [Host("a", 5432), Host("b", 5433)], "a,b:5433/t"),
        ("postgresql://u@/t?host=/run/postgresql", [Host("/run/postgresql", 5432)], "/run/postgresql/t"),
        ("postgresql://u@/t?host=a,b&port=1,2", [Host("a", 1), Host("b", 2)], "a:1,b:2/t"),
        ("postgresql:///?service=tasks", [], "tasks/"),
        ("postgresql:///tasks", [], "local socket/tasks"),
    ],
)
def test_which_server_a_url_names(url: str, hosts: list[Host], address: str) -> None:
    found = DatabaseUrl.parse(url)
    assert (found.hosts, found.address) == (hosts, address)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("channel_binding=require", "channel_binding, which is not supported. Remove it"),
        ("hostaddr=127.0.0.1", "hostaddr, which is not supported. Use host"),
        ("keepalives_idle=5", "keepalives_idle, which is not supported"),
        ("load_balance_hosts=random", "tried in their order"),
        ("sslmod=require", "sslmod, which does not exist. It may have: .*sslmode"),
        ("sslmode=on", "sslmode=on. Use one of: disable, allow"),
        ("target_session_attrs=master", "target_session_attrs=master. Use one of: any, primary"),
        ("connect_timeout=soon", "connect_timeout=soon. Use a number"),
        ("sslrootcert=system", "Name the file instead"),
        ("client_encoding=latin1", "client_encoding=latin1. Remove it"),
    ],
)
def test_what_is_not_supported_is_refused_by_its_name(query: str, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason) as refused:
        Settings(database_url=f"postgresql://u:secret@127.0.0.1/t?{query}")
    assert "database_url" in str(refused.value)


@pytest.mark.parametrize("url", ["mysql://h/t", "h/t", "", "postgresql://[::1/t", "postgresql://h:port/t"])
def test_what_is_no_url_of_postgresql_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"must be a PostgreSQL URL|has the port"):
        DatabaseUrl.parse(url)


def test_the_parameters_that_asyncpg_reads_reach_it_and_the_others_are_translated() -> None:
    found = DatabaseUrl.parse(
        "postgresql://u@h/t?sslmode=verify-full&sslrootcert=/etc/a%20b.pem&application_name=nightly&connect_timeout=7"
        "&options=-c%20search_path%3Dx"
    )
    assert found.dsn == "postgresql://u@h/t?sslmode=verify-full&sslrootcert=/etc/a%20b.pem&options=-c%20search_path%3Dx"
    assert (found.application_name, found.connect_timeout) == ("nightly", 7.0)
    assert DatabaseUrl.parse("postgresql://h/t?ssl=require").dsn == "postgresql://h/t?sslmode=require"
    assert DatabaseUrl.parse("postgresql://h/t?connect_timeout=0").connect_timeout is None


@pytest.fixture
def dead_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def extended(url: str, query: str) -> str:
    return url + ("&" if "?" in url else "?") + query


async def test_the_parameters_of_a_url_hold_in_each_kind_of_connection(databases: Databases) -> None:
    url = await databases.create()
    try:
        database = Database(
            extended(url, "application_name=nightly&connect_timeout=9&options=-c%20work_mem%3D5MB"),
            pool_size=2,
            application_name="tests",
        )
        shown = text("select current_setting('application_name') || ' ' || current_setting('work_mem')")
        async with database.transaction() as connection:
            assert (await connection.execute(shown)).scalar_one() == "nightly 5MB"
        session = await database.open_session()
        assert (await session.execute(shown)).scalar_one() == "nightly 5MB"
        await session.close()
        listener = await database.listen()
        assert await listener.fetchval("select current_setting('application_name')") == "nightly listener"
        await listener.close()
        await database.close()
    finally:
        await databases.drop(url)


@pytest.mark.parametrize("attributes", ["any", "read-write", "primary", "prefer-standby"])
async def test_the_first_host_that_answers_is_used(
    server_databases: Databases, dead_port: int, attributes: str
) -> None:
    url = await server_databases.create()
    try:
        several = url.replace("@127.0.0.1", f"@127.0.0.1:{dead_port},127.0.0.1", 1)
        assert several != url
        database = Database(
            extended(several, f"target_session_attrs={attributes}"), pool_size=2, application_name="tests"
        )
        assert str(dead_port) in database.address
        async with database.transaction() as connection:
            assert (await connection.execute(text("select 7"))).scalar_one() == 7
        await database.close()
    finally:
        await server_databases.drop(url)


async def test_a_password_file_and_a_migration(
    server_databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await server_databases.create_empty()
    passfile = tmp_path / "pgpass"
    passfile.write_text("*:*:*:*:secret\n")
    passfile.chmod(0o600)
    try:
        settings = Settings(database_url=extended(url, f"passfile={passfile}&sslmode=prefer&connect_timeout=5"))
        await migrate(settings)
        database = Database(url, pool_size=2, application_name="tests")
        assert await migration.current_revision(database) == migration.newest_revision()
        await database.close()
    finally:
        await server_databases.drop(url)


async def test_a_certificate_that_cannot_be_read_is_named(server_databases: Databases) -> None:
    url = await server_databases.create()
    try:
        wrong = Settings(database_url=extended(url, "sslmode=verify-full&sslrootcert=/nonexistent/ca.pem"))
        with pytest.raises(StartupError, match=r"names sslrootcert=/nonexistent/ca\.pem, which is no file"):
            await migrate(wrong)
    finally:
        await server_databases.drop(url)
