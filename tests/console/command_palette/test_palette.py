"""The command palette, the sheet of shortcuts and undo, by keyboard."""

from datetime import timedelta

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest

from console.application import Console
from console.command_palette.palette import CommandPalette
from console.command_palette.shortcut_sheet import ShortcutSheet
from console.views.known_views import VIEWS
from console.widgets.confirm import ConfirmDialog
from shared.enums import TaskStatus
from tests.console.conftest import Play, activate, dialog_of, until, window_events

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
        await until(lambda: console.window.current.name == "task", console.window.view_shown)
        await console.connection.client.delete_task(made.id)

    play(scenario)


def test_a_click_elsewhere_closes_it(play: Play) -> None:
    async def scenario(console: Console) -> None:
        palette = await open_palette(console)
        QTest.keyClicks(palette.line, "chinese")
        assert words_of(palette) == ["Language: 简体中文 (Chinese)"]
        closed: list[int] = []
        palette.finished.connect(closed.append)
        with window_events() as events:
            console.window.activateWindow()
            await until(lambda: bool(closed), events.happened)
        assert console.window.isActiveWindow()

    play(scenario)


def test_a_run_is_opened_by_its_number(play: Play) -> None:
    async def scenario(console: Console) -> None:
        made = await console.connection.client.create_task({"executor": "noop", "name": "run-by-number"})
        run = await console.connection.client.trigger_task(made.id)
        palette = await open_palette(console)
        QTest.keyClicks(palette.line, f"#{run.id}")
        await until(lambda: any(f"Run {run.id} " in words for words in words_of(palette)), palette.model.modelReset)
        QTest.keyClick(palette.line, Qt.Key.Key_Return)
        await until(lambda: console.window.current.name == "run", console.window.view_shown)
        assert console.window.current.object_id == run.id  # type: ignore[attr-defined]

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
        QTest.keyClick(console.window, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
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


def test_enter_opens_the_run_whose_number_was_typed_before_and_after_it_is_found(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        made = await client.create_task({"executor": "noop", "name": "numbered"})
        run = await client.trigger_task(made.id)
        console.context.undo.push(f"Raised run {run.id} of numbered", lambda: client.get_run(run.id))
        palette = await open_palette(console)
        QTest.keyClicks(palette.line, str(run.id))
        assert palette.list.currentIndex().row() == 0
        assert palette.model.actions[0].id == f"run.{run.id}"
        await until(lambda: f"Run {run.id} of numbered" in words_of(palette)[0], palette.model.modelReset)
        assert palette.list.currentIndex().row() == 0
        QTest.keyClick(palette.line, Qt.Key.Key_Return)
        await until(lambda: console.window.current.name == "run", console.window.view_shown)
        assert "Undone" not in console.window.toast.words.text()

    play(scenario)


def test_an_answer_that_arrives_does_not_change_what_enter_does(play: Play) -> None:
    async def scenario(console: Console) -> None:
        await console.connection.client.create_task({"executor": "noop", "name": "settings"})
        palette = await open_palette(console)
        QTest.keyClicks(palette.line, "settings")
        chosen = palette.model.actions[palette.list.currentIndex().row()]
        await until(lambda: "settings" in words_of(palette), palette.model.modelReset)
        assert palette.model.actions[palette.list.currentIndex().row()].id == chosen.id
        # The rows have moved under a pointer at rest.
        palette.list.entered.emit(palette.model.index(0, 0))
        assert palette.model.actions[palette.list.currentIndex().row()].id == chosen.id
        QCursor.setPos(QCursor.pos() + QPoint(1, 1))
        palette.list.entered.emit(palette.model.index(0, 0))
        assert palette.list.currentIndex().row() == 0

        palette.line.setText("99999999")
        QTest.keyClick(palette.line, Qt.Key.Key_End)
        await until(lambda: "Run 99999999" not in words_of(palette), palette.model.modelReset)
        assert not palette.list.currentIndex().isValid()
        QTest.keyClick(palette.line, Qt.Key.Key_Return)
        assert palette.isVisible()
        palette.reject()

    play(scenario)


def test_a_verb_and_the_name_of_a_task_do_what_they_say(play: Play, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        client, undo = console.connection.client, console.context.undo
        made = await client.create_task(
            {"executor": "noop", "name": "verb-ledger", "worker_labels": {"zone": "nowhere"}}
        )
        other = await client.create_task(
            {"executor": "noop", "name": "verb-ledger-2", "worker_labels": {"zone": "nowhere"}}
        )

        async def enter(text: str, words: str) -> None:
            """Type a command, and press Enter once it is what Enter does."""
            palette = await open_palette(console)
            QTest.keyClicks(palette.line, text)
            await until(lambda: words_of(palette)[:1] == [words], palette.model.modelReset)
            assert palette.list.currentIndex().row() == 0
            assert words_of(palette).count(words) == 1
            QTest.keyClick(palette.line, Qt.Key.Key_Return)

        await enter("pause verb-ledger", "Pause schedule: verb-ledger")
        await until(lambda: undo.newest == "Paused verb-ledger", undo.pushed)
        assert (await client.get_task(made.id)).status is TaskStatus.PAUSED
        assert (await client.get_task(other.id)).status is TaskStatus.ACTIVE
        await enter("resume verb-ledger", "Resume schedule: verb-ledger")
        await until(lambda: undo.newest == "Resumed verb-ledger", undo.pushed)

        await enter("silence verb-ledger for 2h", "Silence alerts of verb-ledger for 2h")
        await until(lambda: undo.newest.startswith("Silenced verb-ledger"), undo.pushed)
        [silence] = [one for one in await client.list_silences() if one.task_id == made.id]
        assert timedelta(minutes=119) < silence.ends_at - silence.starts_at <= timedelta(hours=2)
        await undo.undo()

        await enter("run verb-ledger", "Run now: verb-ledger")
        await until(lambda: console.window.current.name == "run", console.window.view_shown)
        await client.trigger_task(other.id)
        said: list[str] = []
        await enter("cancel all of verb-ledger", "Cancel all runs of verb-ledger…")
        question = await dialog_of(ConfirmDialog)
        assert question.windowTitle() == "Cancel 1 run?"
        question.go.click()
        finished = console.context.feeds.runs.changed
        finished.connect(lambda event: said.append(event.run.task_name) if event.run.status.is_final else None)
        await until(lambda: bool(said), finished)
        assert said == ["verb-ledger"]

    play(scenario)
