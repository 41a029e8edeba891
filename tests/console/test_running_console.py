"""A deep link goes to the console that runs, over a socket that no other user can reach or take."""

import os
import stat
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.running_console import DeepLinkListener, hand_over, private_folder, socket_name


def test_a_link_goes_to_the_console_that_runs(qapp: QApplication, qtbot: QtBot) -> None:
    name = f"taskdeck-test-{os.getpid()}"
    assert not hand_over("taskdeck://local/runs/1", name)
    first = DeepLinkListener(qapp, name)
    second = DeepLinkListener(qapp, name)
    assert first.is_listening
    assert not second.is_listening
    with qtbot.waitSignal(first.received) as received:
        assert hand_over("taskdeck://local/runs/1", name)
    assert received.args == ["taskdeck://local/runs/1"]
    first.close()
    assert not hand_over("taskdeck://local/runs/1", name)


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Runtime and data folders of the test's own."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


def test_the_socket_lies_in_a_folder_of_the_user_alone(qapp: QApplication, folders: Path) -> None:
    listener = DeepLinkListener(qapp)
    assert listener.is_listening
    place = Path(socket_name() or "")
    assert place.parent == folders / "runtime" / "taskdeck"
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert stat.S_ISSOCK(place.stat().st_mode)
    listener.close()


def test_a_folder_that_others_can_enter_or_have_prepared_is_not_used(folders: Path) -> None:
    runtime, data = folders / "runtime" / "taskdeck", folders / "data" / "taskdeck" / "run"
    runtime.mkdir(parents=True, mode=0o755)
    runtime.chmod(0o755)
    assert private_folder() == data
    data.rmdir()
    prepared = folders / "prepared"
    prepared.mkdir(mode=0o700)
    data.symlink_to(prepared)
    assert private_folder() is None
    assert not hand_over("taskdeck://local/runs/1")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_not_used(qapp: QApplication, folders: Path) -> None:
    for folder in (folders / "runtime" / "taskdeck", folders / "data" / "taskdeck" / "run"):
        folder.mkdir(parents=True, mode=0o700)
        os.chown(folder, 65534, 65534)
    assert private_folder() is None
    assert not DeepLinkListener(qapp).is_listening
