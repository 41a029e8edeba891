from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QBoxLayout

from console.application import Console
from console.views.settings.view import SettingsView
from tests.console.conftest import Play, laid_out, until


def test_settings_hold_at_once_and_write_a_backup(play: Play, tmp_path: Path) -> None:
    async def scenario(console: Console) -> None:
        console.window.show_view("settings")
        view = console.window.current
        assert isinstance(view, SettingsView)
        box = view.boxes["theme"]
        box.setCurrentIndex(box.findData("dark"))  # type: ignore[attr-defined]
        box.activated.emit(box.currentIndex())  # type: ignore[attr-defined]
        assert console.context.theme.palette.is_dark
        assert console.preferences.theme == "dark"
        QTest.keyClick(
            console.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        )
        console.context.theme.choose("light")
        assert box.currentData() == "light"  # type: ignore[attr-defined]
        tables = console.window.view("tasks").tables
        rows = view.boxes["density"]
        for value, height in (("compact", 24), ("", 28)):
            rows.setCurrentIndex(rows.findData(value))  # type: ignore[attr-defined]
            rows.activated.emit(rows.currentIndex())  # type: ignore[attr-defined]
            assert console.preferences.is_compact is (value == "compact")
            assert {table.verticalHeader().defaultSectionSize() for table in tables} == {height}
        console.window.resize(1000, 700)
        await laid_out()
        assert view.columns.direction() is QBoxLayout.Direction.TopToBottom
        console.window.resize(2000, 1000)
        await laid_out()
        assert view.columns.direction() is QBoxLayout.Direction.LeftToRight
        view.backup.write(tmp_path / "all.dump")
        await until(lambda: "all.dump" in view.backup.words(), view.backup.changed)
        assert (tmp_path / "all.dump").stat().st_size > 0
        assert console.options.data_dir.name in view.backend_state.text() or "http://" in view.backend_state.text()

    play(scenario)
