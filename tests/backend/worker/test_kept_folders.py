"""Folders that one attempt leaves to the next."""

from collections.abc import Callable
from pathlib import Path

import pytest

from backend.worker.kept_folders import KeptFolders
from backend.worker.run_files import RunFiles


async def used(folder: Path, kept: KeptFolders, *, has_tmp: bool = False, leave: Callable[[Path], None]) -> Path:
    """Return the folder that an attempt had, and in which its command left something."""
    async with RunFiles(folder, kept=kept, has_tmp=has_tmp) as files:
        place = files.progress.parent
        leave(place)
    return place


def nothing(_folder: Path) -> None: ...


@pytest.mark.parametrize("has_tmp", [False, True])
async def test_a_folder_in_which_nothing_was_left_is_that_of_the_next_attempt(tmp_path: Path, has_tmp: bool) -> None:
    kept = KeptFolders()
    first = await used(tmp_path / "7-1", kept, has_tmp=has_tmp, leave=nothing)
    async with RunFiles(tmp_path / "8-1", kept=kept, has_tmp=has_tmp) as files:
        assert files.progress.parent == first
        assert [path.name for path in first.iterdir()] == (["tmp"] if has_tmp else [])
        async with RunFiles(tmp_path / "9-1", kept=kept, has_tmp=has_tmp) as others:
            assert others.progress.parent != first, "two attempts never share a folder"
    assert not [path for path in tmp_path.iterdir() if path.name[0].isdigit()], "none has the name of an attempt"


@pytest.mark.parametrize(
    "leave",
    [
        pytest.param(lambda folder: (folder / "output").write_text("1"), id="a file"),
        pytest.param(lambda folder: (folder / ".hidden").mkdir(), id="a hidden folder"),
        pytest.param(lambda folder: (folder / "tmp" / "rest").touch(), id="a file in the temporary folder"),
        pytest.param(lambda folder: (folder / "tmp").rmdir(), id="no temporary folder"),
        pytest.param(lambda folder: folder.chmod(0o755), id="rights of others"),
        pytest.param(lambda folder: (folder / "tmp").chmod(0o777), id="rights of others on the temporary folder"),
        pytest.param(lambda folder: replace_by_link(folder / "tmp"), id="a link"),
    ],
)
async def test_a_folder_that_was_changed_is_removed(tmp_path: Path, leave: Callable[[Path], None]) -> None:
    kept = KeptFolders()
    folder = await used(tmp_path / "7-1", kept, has_tmp=True, leave=leave)
    assert not folder.exists()
    assert kept.count == 0


async def test_a_folder_that_was_tidied_away_is_made_again(tmp_path: Path) -> None:
    kept = KeptFolders()
    folder = await used(tmp_path / "7-1", kept, has_tmp=True, leave=nothing)
    (folder / "tmp").rmdir()
    folder.rmdir()
    async with RunFiles(tmp_path / "8-1", kept=kept, has_tmp=True) as files:
        assert Path(files.variables["TMPDIR"]).is_dir()


def replace_by_link(tmp: Path) -> None:
    elsewhere = tmp.parent.parent / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    tmp.rmdir()
    tmp.symlink_to(elsewhere)


async def test_a_folder_that_a_process_may_still_use_is_not_kept(tmp_path: Path) -> None:
    kept = KeptFolders()
    async with RunFiles(tmp_path / "7-1", kept=kept) as files:
        files.keep_from_others()
    assert kept.count == 0
    assert list(tmp_path.iterdir()) == []
