"""The command palette, the sheet of shortcuts and undo, by keyboard."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.application import Console
from console.command_palette.palette import CommandPalette
from console.command_palette.shortcut_sheet import ShortcutSheet
from console.views.known_views import VIEWS
from shared.enums import TaskStatus
from tests.console.conftest import Play, activate, dialog_of, until

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


async def open_palette(console: Console) -> CommandPalette:
    await activate(console.window)
    QTest.keyClick(console.window, Qt.Key.Key_K, CTRL)
    return await dialog_of(CommandPalette)


def words_of(palette: CommandPalette) -> list[str]:
    return [action.text for action in palette.model.actions]


def test_every_view_is_reached_by_its_keys(play: Play) -> None:
    async def scenario(console: Console) -> None:
        await activate(console.window)
        keys = [Qt.Key(Qt.Key.Key_1 + place) for place in range(9)]
        for modifier in (CTRL, ALT):
            for spec, key in zip(VIEWS, keys, strict=False):
                QTest.keyClick(console.window, key, modifier)
                assert console.window.current.name == spec.name
                assert console.window.strip.title.text() == spec.title()
                shortcuts = [keys for action in console.window.all_actions() for keys in action.shortcuts]
                assert len(shortcuts) == len(set(shortcuts)), "a key that means two things does neither"

    play(scenario)


def test_a_few_letters_lead_to_a_task(play: Play) -> None:
    async def scenario(console: Console) -> None:
        made = await console.connection.client.create_task({"executor": "noop", "name": "zebra-crossing"})
        palette = await open_palette(console)
        QTest.keyClicks(palette.line, "zebra")
        await until(lambda: "zebra-crossing" in words_of(palette), palette.model.modelReset)
        assert words_of(palette)[0] == "zebra-crossing"
        QTest.keyClick(palette.line, Qt.Key.Key_Return)
        await until(lambda: console.window.current.name == "tasks", console.window.view_shown)
        await console.connection.client.delete_task(made.id)

    play(scenario)


def test_a_run_is_opened_by_its_number(play: Play) -> None:
    async def scenario(console: Console) -> None:
        made = await console.connection.client.create_task({"executor": "noop", "name": "run-by-number"})
        run = await console.connection.client.trigger_task(made.id)
        palette = await open_palette(console)
        QTest.keyClicks(palette.line, f"#{run.id}")
        await until(lambda: any(f"Run {run.id} " in words for words in words_of(palette)), palette.model.modelReset)
        QTest.keyClick(palette.line, Qt.Key.Key_Return)
        await until(lambda: console.window.current.name == "runs", console.window.view_shown)
        assert console.window.current.detail.run_id == run.id  # type: ignore[attr-defined]

    play(scenario)


def test_an_action_is_done_from_the_palette_and_comes_first_the_next_time(play: Play) -> None:
    async def scenario(console: Console) -> None:
        was_dark = console.context.theme.palette.is_dark
        palette = await open_palette(console)
        QTest.keyClicks(palette.line, "light and dark")
        QTest.keyClick(palette.line, Qt.Key.Key_Return)
        await until(lambda: console.context.theme.palette.is_dark != was_dark, console.context.theme.changed)
        palette = await open_palette(console)
        assert "light and dark" in words_of(palette)[0]
        QTest.keyClick(palette.line, Qt.Key.Key_Escape)

    play(scenario)


def test_the_sheet_shows_every_shortcut_that_there_is(play: Play) -> None:
    async def scenario(console: Console) -> None:
        await activate(console.window)
        QTest.keyClick(console.window, Qt.Key.Key_F1)
        sheet = await dialog_of(ShortcutSheet)
        for action in console.window.all_actions():
            if action.shortcuts:
                assert any(action.text in line for line in sheet.lines)
        QTest.keyClicks(sheet.line, "undo")
        assert len(sheet.lines) == 1
        sheet.reject()

    play(scenario)


def test_what_was_done_is_taken_back_with_one_key(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        made = await client.create_task({"executor": "noop", "name": "undone", "schedule": "0 0 1 1 *"})
        await client.pause_task(made.id)
        console.context.undo.push("Pause undone", lambda: client.resume_task(made.id))
        assert not console.window.toast.isHidden()
        await activate(console.window)
        QTest.keyClick(console.window, Qt.Key.Key_Z, CTRL)
        await until(lambda: "Undone" in console.window.toast.words.text(), console.background.ended)
        assert (await client.get_task(made.id)).status is TaskStatus.ACTIVE
        assert console.context.undo.newest == ""

    play(scenario)
