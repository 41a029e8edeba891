"""Locks that no other user can take: who can read a file can lock it, and so keep its owner from starting."""

from pathlib import Path

from backend.local_directory import LocalDirectory
from backend.worker.identity import claim_identity


def test_only_the_owner_opens_the_lock_of_a_data_directory(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    lock = folder / "backend.lock"
    lock.touch(mode=0o644)
    directory = LocalDirectory(folder)
    assert directory.acquire() is None
    assert lock.stat().st_mode & 0o077 == 0
    directory.release()


def test_only_the_owner_opens_the_lock_of_a_worker(tmp_path: Path) -> None:
    identity = claim_identity(tmp_path, worker_id="w1")
    assert (tmp_path / "w1" / "lock").stat().st_mode & 0o077 == 0
    identity.release()
