"""The buttons of the task editor."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from console.application import Console
from console.options import Options
from console.views.tasks.editor_buttons import TOGGLE_KEYS, EditorButtons
from tests.console.conftest import drive


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_keys_of_the_text_form_do_not_look_like_a_button(qapp: QApplication, tmp_path: Path, theme: str) -> None:
    async def scenario(console: Console) -> None:
        console.theme.choose("dark" if theme == "dark" else "light")
        buttons = EditorButtons(console.context.permissions, None)
        buttons.resize(900, 40)
        buttons.show()
        picture = buttons.grab().toImage()
        [hint] = [one for one in buttons.findChildren(QLabel) if one.text() == TOGGLE_KEYS]

        def has_edge(widget: QWidget) -> bool:
            """Return whether the edge above the middle of a widget has another colour than the ground beside it."""
            box = widget.geometry()
            return picture.pixel(box.center().x(), box.top()) != picture.pixel(box.right() + 3, box.center().y())

        assert has_edge(buttons.text)
        assert not has_edge(hint)
        buttons.close()

    drive(qapp, Options(data_dir=tmp_path, is_local=True), tmp_path / "settings.ini", scenario)
