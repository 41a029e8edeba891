"""`taskdeck remove-data` leaves nothing of Taskdeck, and everything else."""

import os
import subprocess
import sys
from pathlib import Path

from tests.local_process import LocalProcess


def test_what_a_user_has_is_removed_once_nothing_uses_it(session_folder: Path, tmp_path: Path) -> None:
    data_dir = session_folder / "removed"
    home = {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "share"),
    }
    others = [tmp_path / "config" / "other" / "file", data_dir / "notes.txt"]
    for path in [
        *others,
        tmp_path / "config" / "taskdeck" / "login.json",
        tmp_path / "config" / "Taskdeck" / "Taskdeck.conf",
        tmp_path / "share" / "applications" / "taskdeck-links.desktop",
    ]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    def remove(*options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "backend", "--data-dir", str(data_dir), "remove-data", *options],
            env={**os.environ, **home},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def files() -> list[Path]:
        return [path for place in (data_dir, tmp_path) for path in place.rglob("*") if path.is_file()]

    backend = LocalProcess(data_dir)
    backend.start()
    try:
        refused = remove("--yes")
        assert refused.returncode == 1
        assert f"process {backend.address.pid}. Stop it" in refused.stderr
    finally:
        assert backend.stop() == 0
    unconfirmed = remove()
    assert unconfirmed.returncode == 2
    assert (data_dir / "postgres" / "PG_VERSION").exists()
    done = remove("--yes")
    assert done.returncode == 0, done.stderr
    assert str(data_dir / "postgres") in done.stdout
    assert sorted(files()) == sorted(others)
    others[1].unlink()
    assert "Nothing is stored" in remove("--yes").stdout
