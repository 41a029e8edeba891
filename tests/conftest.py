"""The servers of the tests: each test has its own database and its own virtual host."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from backend.database.connection import Database
from backend.database.embedded_postgres import EmbeddedPostgres
from backend.database.migration import upgrade
from tests import fuzzing
from tests.local_process import LocalProcess
from tests.oidc.provider_process import ProviderProcess, running_provider
from tests.rabbit_node import NO_RABBIT, RabbitNode, find_server

SERVER_URL = "postgresql://postgres@127.0.0.1:5432/postgres"

fuzzing.load_profile()


def pytest_sessionfinish() -> None:
    fuzzing.write_counts()


@pytest.fixture(scope="session")
def session_folder() -> Iterator[Path]:
    """A folder for servers.

    pytest makes its own temporary folders private to their user at each start, and root's server runs as another
    user: a second session would lock the first one's server out of its data.
    """
    with tempfile.TemporaryDirectory(prefix="taskdeck-tests-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.fixture(scope="session")
def postgres_url(session_folder: Path) -> Iterator[str]:
    """A PostgreSQL server for the session: TASKDECK_TEST_DATABASE_URL, or an embedded one."""
    named = os.environ.get("TASKDECK_TEST_DATABASE_URL")
    if named:
        yield named
        return
    server = EmbeddedPostgres(session_folder / "postgres")
    asyncio.run(server.start())
    yield server.url
    asyncio.run(server.stop())


def sqlalchemy_url(url: str, database: str) -> str:
    scheme, rest = url.split("://", 1)
    assert scheme.startswith("postgres")
    address, _, query = rest.partition("?")
    host = address.rsplit("/", 1)[0]
    return f"postgresql+asyncpg://{host}/{database}" + (f"?{query}" if query else "")


class Databases:
    """Creates databases from a migrated template."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._count = 0
        self._prefix = f"taskdeck_test_{os.getpid()}"
        self._template: str | None = None

    async def _admin(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def create(self) -> str:
        """Return the SQLAlchemy URL of a new, migrated database."""
        if self._template is None:
            template = f"{self._prefix}_template"
            await self._admin(f'create database "{template}"')
            database = Database(sqlalchemy_url(self.url, template), pool_size=2, application_name="tests")
            await upgrade(database)
            await database.close()
            self._template = template
        self._count += 1
        name = f"{self._prefix}_{self._count}"
        await self._admin(f'create database "{name}" template "{self._template}"')
        return sqlalchemy_url(self.url, name)

    async def create_empty(self) -> str:
        """Return the SQLAlchemy URL of a new database without a schema."""
        self._count += 1
        name = f"{self._prefix}_{self._count}"
        await self._admin(f'create database "{name}"')
        return sqlalchemy_url(self.url, name)

    async def drop_template(self) -> None:
        if self._template is not None:
            await self._admin(f'drop database if exists "{self._template}"')

    async def drop(self, url: str) -> None:
        name = url.split("?")[0].rsplit("/", 1)[1]
        await self._admin(f'drop database if exists "{name}" with (force)')


@pytest.fixture(scope="session")
def databases(postgres_url: str) -> Iterator[Databases]:
    made = Databases(postgres_url)
    yield made
    asyncio.run(made.drop_template())


@pytest.fixture(scope="session")
def server_databases() -> Iterator[Databases]:
    """Databases on the PostgreSQL server of this machine; tests are skipped if there is none."""

    async def answers() -> bool:
        try:
            connection = await asyncpg.connect(SERVER_URL, timeout=2)
        except (OSError, TimeoutError, asyncpg.PostgresError):
            return False
        await connection.close()
        return True

    if not asyncio.run(answers()):
        pytest.skip(f"no PostgreSQL server answers at {SERVER_URL}")
    made = Databases(SERVER_URL)
    yield made
    asyncio.run(made.drop_template())


@pytest.fixture
async def database_url(databases: Databases) -> AsyncIterator[str]:
    """The SQLAlchemy URL of a new, migrated database."""
    url = await databases.create()
    yield url
    await databases.drop(url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, pool_size=5, application_name="tests")
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def rabbit_node() -> Iterator[RabbitNode]:
    """A private RabbitMQ node. Without RabbitMQ its tests are skipped with a warning, and fail in CI."""
    server = find_server()
    if server is None:
        if os.environ.get("CI"):
            pytest.fail(NO_RABBIT)
        pytest.skip(NO_RABBIT)
    node = RabbitNode(server)
    node.start()
    yield node
    node.remove()


@pytest.fixture
def rabbit_url(request: pytest.FixtureRequest) -> str:
    """The URL of a broker for tests only."""
    named = os.environ.get("TASKDECK_TEST_BROKER_URL")
    if named:
        return named
    node: RabbitNode = request.getfixturevalue("rabbit_node")
    return node.url


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


TRACE_URL = "http://traces.example.org/trace/{trace_id}?orgId=1"
"""Where the traces of `local_backend` are shown."""


@pytest.fixture(scope="session")
def local_backend(session_folder: Path) -> Iterator[LocalProcess]:
    """A running `taskdeck up --headless`, for tests of its clients."""
    backend = LocalProcess(session_folder / "local", environment={"TASKDECK_TRACE_URL": TRACE_URL})
    backend.start()
    yield backend
    backend.stop()


@pytest.fixture(scope="session")
def oidc_provider() -> Iterator[ProviderProcess]:
    """A running provider of OpenID Connect."""
    with running_provider() as provider:
        yield provider
