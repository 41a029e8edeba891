from PySide6.QtWidgets import QApplication

from console.application import Console
from console.views.policies.form_dialog import FormDialog
from console.views.users.view import UsersView
from tests.console.conftest import Play, dialog_of, until


def test_a_token_is_shown_once_and_can_be_copied(play: Play) -> None:
    async def scenario(console: Console) -> None:
        console.window.show_view("users")
        view = console.window.current
        assert isinstance(view, UsersView)
        view.show_with({"page": "tokens"})
        assert console.window.strip.primary.text() == "New token"
        console.window.strip.primary.click()
        form = await dialog_of(FormDialog)
        form.set_text("name", "for-a-script")
        form.save.click()
        await until(lambda: view.tokens.shown is not None, console.background.ended)
        shown = view.tokens.shown
        assert shown is not None
        value = shown.value.text()
        assert len(value) > 20
        shown.copy.click()
        assert QApplication.clipboard().text() == value
        shown.accept()
        model = view.tokens.model
        await until(lambda: any(t.name == "for-a-script" for t in model.rows), model.rowsInserted, model.modelReset)
        assert all(token.token is None for token in model.rows)

    play(scenario)
