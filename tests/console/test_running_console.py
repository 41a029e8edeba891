"""A deep link goes to the console that runs."""

import os

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.running_console import DeepLinkListener, hand_over


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
