"""A local installation moves to a database of servers: everything arrives, or nothing."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from backend.database.connection import Database
from backend.database.migration import newest_revision
from backend.database.schema import METADATA
from backend.encryption.key_files import create_key_file
from backend.encryption.key_ring import KeyRing, new_key
from backend.move_to_server import LEFT_BEHIND, Moved, move_to_server
from backend.secret_store.rows import SEALED_COLUMNS, value_of
from shared.client import TaskdeckClient
from shared.client.session import TokenAuth
from shared.errors import StartupError
from tests.conftest import Databases
from tests.local_process import LocalProcess


def taskdeck(data_dir: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "backend", "--data-dir", str(data_dir), *arguments],
        input=given,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def plain(url: str) -> str:
    return url.replace("+asyncpg", "")


@pytest.fixture(scope="module")
def installation(session_folder: Path) -> Path:
    """A stopped local backend with tasks, a run, a secret and a channel with a secret address."""
    data_dir = session_folder / "to-be-moved"
    backend = LocalProcess(data_dir)
    backend.start()
    try:
        for arguments, given in (
            (("task", "create", "backup", "-c", "echo saved", "--folder", "finance"), ""),
            (("task", "trigger", "backup", "--wait"), ""),
            (("secret", "set", "DB_PASSWORD", "--folder", "finance"), "hunter2"),
            (("alert", "channel", "set", "chat", "--url", "https://hooks.example.org/s3cret", "--format", "slack"), ""),
            (("user", "create", "anna", "--role", "member", "--password-stdin"), "a long password\n"),
        ):
            done = taskdeck(data_dir, *arguments, given=given)
            assert done.returncode == 0, done.stderr
        refused = taskdeck(data_dir, "move", "--to", "postgresql://nobody@127.0.0.1:1/none", "--yes")
        assert refused.returncode == 1
        assert f"process {backend.address.pid}. Stop it" in refused.stderr
    finally:
        assert backend.stop() == 0
    return data_dir


@pytest.fixture
async def empty_url(server_databases: Databases) -> AsyncIterator[str]:
    url = await server_databases.create_empty()
    yield url
    await server_databases.drop(url)


async def move(data_dir: Path, url: str, *, keys: KeyRing | None = None, dry_run: bool = False) -> Moved:
    database = Database(url, pool_size=2, application_name="tests")
    try:
        return await move_to_server(
            data_dir,
            database,
            server_keys=keys or KeyRing(),
            in_keyring=False,
            dry_run=dry_run,
            report=lambda copied: None,
        )
    finally:
        await database.close()


async def rows_of(url: str, query: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(plain(url))
    try:
        return list(await connection.fetch(query))
    finally:
        await connection.close()


async def test_everything_arrives_on_a_real_server_and_secrets_have_its_key(
    installation: Path, empty_url: str, tmp_path: Path
) -> None:
    key_file = tmp_path / "server-keys"
    key = create_key_file(key_file)
    with pytest.raises(StartupError, match="--secrets-key-file"):
        await move(installation, empty_url)
    counted = await move(installation, empty_url, keys=KeyRing((key,)), dry_run=True)
    assert await rows_of(empty_url, "select 1 from pg_class where relname = 'tasks'") == []

    options = ("move", "--to", plain(empty_url), "--secrets-key-file", str(key_file), "--yes")
    moved = await asyncio.to_thread(taskdeck, installation, *options)
    assert moved.returncode == 0, moved.stderr
    assert "2 secrets are encrypted with the servers' key" in moved.stdout
    assert f"Moved {sum(one.rows for one in counted.tables):,} rows" in moved.stdout
    assert "runs: " in moved.stderr

    (run,) = await rows_of(
        empty_url, "select r.status, t.folder from runs r join tasks t on t.id = r.task_id where t.name = 'backup'"
    )
    assert dict(run) == {"status": "succeeded", "folder": "finance"}
    assert [row["username"] for row in await rows_of(empty_url, "select username from users")] == ["anna"]
    (secret,) = await rows_of(empty_url, "select key_id from secrets")
    (in_use,) = await rows_of(empty_url, "select key_id from secret_key_in_use")
    assert {secret["key_id"], in_use["key_id"]} == {key.id}
    database = Database(empty_url, pool_size=1, application_name="tests")
    try:
        async with database.transaction() as connection:
            found = (await connection.exec_driver_sql(f"select {SEALED_COLUMNS} from secrets")).one()
            assert value_of(KeyRing((key,)), found) == "hunter2"
            config = (
                await connection.exec_driver_sql("select config from alert_channels where name = 'chat'")
            ).scalar_one()
            assert "s3cret" not in json.dumps(config)
            next_id = (
                await connection.exec_driver_sql("select nextval(pg_get_serial_sequence('tasks', 'id'))")
            ).scalar_one()
            newest = (await connection.exec_driver_sql("select max(id) from tasks")).scalar_one()
            assert next_id > newest
            search = (await connection.exec_driver_sql("select count(*) from task_search")).scalar_one()
            tasks = (await connection.exec_driver_sql("select count(*) from tasks")).scalar_one()
            assert search == tasks > 0
    finally:
        await database.close()

    with pytest.raises(StartupError, match="is not empty: its table"):
        await move(installation, empty_url, keys=KeyRing((key,)))


async def test_a_failure_in_the_middle_leaves_nothing(installation: Path, server_databases: Databases) -> None:
    keys = KeyRing((new_key(),))
    url = await server_databases.create()
    try:
        # Tables are copied before those that refer to them: by now there are users and tasks.
        await rows_of(url, "alter table runs add constraint full_disk check (id < 0)")
        with pytest.raises(StartupError, match="full_disk"):
            await move(installation, url, keys=keys)
        assert await rows_of(url, "select name from tasks") == []
        await rows_of(url, "alter table runs drop constraint full_disk")
        moved = await move(installation, url, keys=keys)
        assert moved.encrypted == 2
    finally:
        await server_databases.drop(url)


async def test_a_target_of_another_revision_is_refused(installation: Path, server_databases: Databases) -> None:
    url = await server_databases.create()
    try:
        await rows_of(url, "update alembic_version set version_num = '0007'")
        with pytest.raises(StartupError, match=f"revision 0007.* needs {newest_revision()}"):
            await move(installation, url)
    finally:
        await server_databases.drop(url)


async def test_the_local_backend_goes_on_with_its_data(installation: Path) -> None:
    backend = LocalProcess(installation)
    await asyncio.to_thread(backend.start)
    try:
        async with TaskdeckClient(backend.address.url, auth=TokenAuth(backend.address.token)) as client:
            assert "backup" in {task.name for task in (await client.list_tasks(limit=500)).data}
    finally:
        assert await asyncio.to_thread(backend.stop) == 0


def test_what_is_left_behind_exists() -> None:
    assert set(METADATA.tables) >= LEFT_BEHIND - {"alembic_version"}
