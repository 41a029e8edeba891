from pathlib import Path

import pytest

from backend.worker.attempts_folder import remove_attempts_folder, replace_attempts_folder


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def test_the_folder_of_a_killed_incarnation_is_removed(tmp_path: Path) -> None:
    killed = replace_attempts_folder(tmp_path)
    (killed / "7-1").mkdir()
    following = replace_attempts_folder(tmp_path)
    assert following.is_dir()
    assert not killed.exists()
    remove_attempts_folder(following)
    assert not following.exists()


def test_no_other_folder_is_removed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (tmp_path / "attempts-folder").write_text(str(other))
    replace_attempts_folder(tmp_path)
    assert other.is_dir()


def test_a_spool_that_cannot_be_written_costs_no_command_its_folder(tmp_path: Path) -> None:
    assert replace_attempts_folder(tmp_path / "missing").is_dir()
