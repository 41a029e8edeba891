"""The local database goes to a file and comes back, and a backup that fails changes nothing."""

import asyncio
import subprocess
import sys
from pathlib import Path

from shared.client import TaskdeckClient
from shared.client.session import TokenAuth
from tests.local_process import LocalProcess


def taskdeck(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "backend", "--data-dir", str(data_dir), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def names(backend: LocalProcess) -> set[str]:
    async with TaskdeckClient(backend.address.url, auth=TokenAuth(backend.address.token)) as client:
        return {task.name for task in (await client.list_tasks(limit=500)).data}


async def test_a_backup_of_a_running_database_is_restored(session_folder: Path) -> None:
    data_dir, file = session_folder / "backed-up", session_folder / "taskdeck.backup"
    backend = LocalProcess(data_dir)
    await asyncio.to_thread(backend.start)
    try:
        async with TaskdeckClient(backend.address.url, auth=TokenAuth(backend.address.token)) as client:
            await client.create_task({"name": "before", "executor": "noop", "command": ""})
            made = await asyncio.to_thread(taskdeck, data_dir, "backup", str(file))
            assert made.returncode == 0, made.stderr
            assert file.stat().st_mode & 0o777 == 0o600
            await client.create_task({"name": "after", "executor": "noop", "command": ""})
        refused = await asyncio.to_thread(taskdeck, data_dir, "restore", str(file), "--yes")
        assert refused.returncode == 1
        assert f"process {backend.address.pid}. Stop it" in refused.stderr
    finally:
        assert await asyncio.to_thread(backend.stop) == 0

    nonsense = session_folder / "nonsense"
    nonsense.write_bytes(b"PGDMP and then nothing")
    failed = await asyncio.to_thread(taskdeck, data_dir, "restore", str(nonsense), "--yes")
    assert failed.returncode == 1
    assert "pg_restore failed" in failed.stderr

    restored = await asyncio.to_thread(taskdeck, data_dir, "restore", str(file), "--yes")
    assert restored.returncode == 0, restored.stderr
    assert "is kept in" in restored.stdout
    again = LocalProcess(data_dir)
    await asyncio.to_thread(again.start)
    try:
        found = await names(again)
        assert "before" in found
        assert "after" not in found
    finally:
        assert await asyncio.to_thread(again.stop) == 0


async def test_a_backup_is_private_from_its_first_byte(session_folder: Path) -> None:
    """A link to a file that everybody reads, and an old file with its permissions, are not written to."""
    data_dir, folder = session_folder / "watched", session_folder / "backups"
    folder.mkdir()
    backend = LocalProcess(data_dir)
    await asyncio.to_thread(backend.start)
    try:
        public = folder / "public"
        public.write_text("")
        (folder / "a.backup.unfinished").symlink_to(public)
        (folder / "b.backup.unfinished").write_text("old")
        for name in ("a.backup", "b.backup"):
            made = await asyncio.to_thread(taskdeck, data_dir, "backup", str(folder / name))
            assert made.returncode == 0, made.stderr
            assert (folder / name).stat().st_mode & 0o777 == 0o600
        assert public.read_text() == ""
    finally:
        assert await asyncio.to_thread(backend.stop) == 0
    refused = await asyncio.to_thread(taskdeck, data_dir, "backup", str(folder / "no" / "such"))
    assert "cannot be created: No such file or directory. Choose another place." in refused.stderr


def test_a_file_that_is_no_backup_and_a_missing_database_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "text"
    file.write_text("no backup")
    assert "is not a backup" in taskdeck(tmp_path, "restore", str(file), "--yes").stderr
    assert "contains no local database" in taskdeck(tmp_path, "backup", str(file)).stderr
    assert "--yes" in taskdeck(tmp_path, "restore", str(file)).stderr
